//! Words in quotation marks that a text puts into a named person's mouth.

use std::ops::Range;

use bindery_text::markdown::Kind;

use super::names::{is_between, is_name};
use crate::manuscript::Paragraph;

/// How a sentence begins that lets somebody say something, by language.
const GATES: &[(&str, &[&str])] = &[
    ("en", &["As ", "According to ", "In the words of ", "To quote ", "Quoting "]),
    ("de", &["Wie ", "Laut ", "Nach ", "Mit den Worten von ", "In den Worten von ", "Um es mit "]),
    ("fr", &["Comme l’a ", "Comme l'a ", "Comme le ", "Comme ", "Selon ", "D’après ", "D'après ", "Pour citer "]),
    ("es", &["Como ", "Según ", "En palabras de ", "De acuerdo con "]),
    ("it", &["Come ", "Secondo ", "Nelle parole di "]),
    ("pt", &["Como ", "Segundo ", "De acordo com ", "Nas palavras de "]),
    ("nl", &["Zoals ", "Volgens ", "In de woorden van "]),
];

/// Titles before a name.
const TITLES: &[&str] = &[
    "Dr.",
    "Dr",
    "Prof.",
    "Prof",
    "Professor",
    "Professorin",
    "Sir",
    "Dame",
    "Doctor",
    "Doktor",
    "Mr.",
    "Mrs.",
    "Ms.",
];

/// Titles of people who are asked for what they know.
const EXPERTS: &[&str] = &["Dr.", "Dr", "Prof.", "Prof", "Professor", "Professorin"];

/// What an expert does with what is quoted.
const SAYS: &[&str] = &[
    "said",
    "says",
    "wrote",
    "writes",
    "explains",
    "explained",
    "notes",
    "noted",
    "argues",
    "argued",
    "observes",
    "observed",
    "puts",
    "put",
    "told",
    "warns",
    "recalls",
    "sagt",
    "sagte",
    "erklärt",
    "schreibt",
    "explique",
    "dit",
    "dice",
    "explica",
];

const OPENING: &[char] = &['“', '„', '«', '"'];
const CLOSING: &[char] = &['”', '“', '»', '"'];

/// The longest text between the beginning of a sentence and what it quotes.
const LONGEST: usize = 140;

pub(super) fn marks(source: &str, paragraphs: &[Paragraph], tag: &str) -> Vec<Range<usize>> {
    let gates = GATES.iter().find(|(language, _)| *language == tag).map_or(&[][..], |(_, gates)| gates);
    let mut found = Vec::new();
    for (at, _) in source.match_indices(OPENING) {
        let lead = lead(source, at);
        let text = source[lead.clone()].trim_end();
        if text.ends_with([',', ':']) && (is_gated(text, gates) || is_expert(text)) {
            found.push(lead.start..lead.start + text.len());
        }
    }
    for (at, mark) in source.match_indices(CLOSING) {
        found.extend(said_by_expert(source, at + mark.len()));
    }
    found.extend(paragraphs.iter().filter_map(|paragraph| signed(source, paragraph)));
    found
}

/// Returns the part of a sentence before what it quotes.
fn lead(source: &str, quotation: usize) -> Range<usize> {
    let before = &source[..quotation];
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let mut start = line;
    for (at, _) in before[line..].match_indices(['.', '!', '?']).map(|(at, sign)| (line + at, sign)) {
        let word = before[..at].rsplit(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
        let abbreviates = word.chars().count() <= 4 && word.starts_with(char::is_uppercase);
        if !abbreviates && before[at + 1..].starts_with(char::is_whitespace) {
            start = at + 1;
        }
    }
    start += before[start..].len() - before[start..].trim_start().len();
    if quotation - start > LONGEST { quotation..quotation } else { start..quotation }
}

/// Returns whether a lead begins as one that quotes, and has the full name of a person.
fn is_gated(lead: &str, gates: &[&str]) -> bool {
    gates.iter().any(|gate| lead.strip_prefix(gate).is_some_and(has_full_name))
}

/// Returns whether an expert says something, as in `Dr. Jane Roe explains:`.
fn is_expert(lead: &str) -> bool {
    let Some((title, rest)) = lead.split_once(' ') else { return false };
    EXPERTS.contains(&title) && has_full_name(rest) && rest.split_whitespace().any(|word| SAYS.contains(&bare(word)))
}

/// Returns the words after a quotation that name an expert who says it, as in `explains Dr. Jane Roe`.
fn said_by_expert(source: &str, at: usize) -> Option<Range<usize>> {
    let rest = source[at..].strip_prefix(' ')?;
    let line = rest.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (says, title) = (words.next()?, words.next()?);
    let names: Vec<&str> = words.take_while(|word| is_name(word)).take(3).collect();
    let last = names.last()?;
    if !SAYS.contains(&says) || !EXPERTS.contains(&title) {
        return None;
    }
    let end = last.as_ptr() as usize + bare(last).len() - source.as_ptr() as usize;
    Some(at + 1..end)
}

/// Returns the name under a quotation that stands by itself, as in `“…” — Jane Roe`.
fn signed(source: &str, paragraph: &Paragraph) -> Option<Range<usize>> {
    if !matches!(paragraph.kind, Kind::Paragraph) {
        return None;
    }
    let text = source[paragraph.source.clone()].trim_end();
    let opened = paragraph.quoted || paragraph.text.trim_start().starts_with(OPENING);
    let dash = text.rfind(['—', '–', '―'])?;
    let sign = text[dash..].chars().next()?;
    let name = text[dash + sign.len_utf8()..].trim().trim_matches(['*', '_']);
    let before = text[..dash].trim_end_matches(|char: char| char.is_whitespace() || "*_>\\".contains(char));
    let closed = before.ends_with(['”', '“', '»', '"', '.', '!', '?']);
    let words = name.split_whitespace().count();
    (opened && closed && words <= 8 && has_full_name(name) && starts_with_name(name))
        .then_some(paragraph.source.start + dash..paragraph.source.start + text.len())
}

fn starts_with_name(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| is_name(word) || TITLES.contains(&word))
}

/// Returns whether a text has two names side by side, which titles and words such as "van" do not part.
fn has_full_name(text: &str) -> bool {
    let mut run = 0;
    for word in text.split_whitespace() {
        if TITLES.contains(&word) || run > 0 && is_between(word) && !matches!(word, "and" | "und" | "et" | "y" | "e") {
            continue;
        }
        run = if is_name(word) && bare(word).chars().count() > 1 { run + 1 } else { 0 };
        if run >= 2 {
            return true;
        }
        if word.ends_with([',', ':']) {
            run = 0;
        }
    }
    false
}

fn bare(word: &str) -> &str {
    word.trim_matches(|char: char| !char.is_alphanumeric())
}
