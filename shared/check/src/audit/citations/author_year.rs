//! References by author and year: `(Smith & Jones, 2019, p. 4)`, `(Smith 2019; Jones 2020)`, `Smith and Jones (2019) found`.

use std::ops::Range;

use super::{
    brackets::{inner, pairs},
    names::{is_between, is_name, is_no_surname, year},
};
use crate::manuscript::ManuscriptText;

/// The most words of a reference before its year.
const MOST_WORDS: usize = 10;

/// What may stand before the names in brackets.
const BEFORE: &[&str] = &[
    "see also ",
    "see, e.g., ",
    "see e.g. ",
    "see ",
    "e.g., ",
    "e.g. ",
    "cf. ",
    "as cited in ",
    "cited in ",
    "quoted in ",
    "vgl. ",
    "siehe ",
    "z. B. ",
    "nach ",
    "zit. nach ",
    "voir ",
    "véase ",
    "ver ",
    "cfr. ",
    "zie ",
];

/// What authors do after their names and the year.
const DO: &[&str] = &[
    "found",
    "find",
    "finds",
    "showed",
    "show",
    "shows",
    "shown",
    "argued",
    "argue",
    "argues",
    "reported",
    "report",
    "reports",
    "concluded",
    "conclude",
    "concludes",
    "demonstrated",
    "demonstrate",
    "demonstrates",
    "suggested",
    "suggest",
    "suggests",
    "noted",
    "note",
    "notes",
    "observed",
    "observe",
    "observes",
    "described",
    "describe",
    "describes",
    "proposed",
    "propose",
    "proposes",
    "identified",
    "examined",
    "studied",
    "measured",
    "estimated",
    "claimed",
    "claims",
    "wrote",
    "writes",
    "calls",
    "defined",
    "defines",
    "reviewed",
    "compared",
    "tested",
    "surveyed",
    "analysed",
    "analyzed",
    "investigated",
    "confirmed",
    "discovered",
    "explained",
    "explains",
    "explain",
    "emphasized",
    "emphasizes",
    "point",
    "points",
    "pointed",
    "has",
    "have",
    "zeigten",
    "zeigte",
    "zeigt",
    "zeigen",
    "fanden",
    "fand",
    "berichten",
    "berichtet",
    "berichteten",
    "beschreibt",
    "beschreiben",
    "argumentiert",
    "argumentieren",
    "stellten",
    "haben",
    "hat",
    "ont",
    "montre",
    "montrent",
    "soulignent",
    "affirme",
    "encontraron",
    "encontró",
    "mostraron",
    "señala",
    "señalan",
    "muestra",
    "muestran",
    "demostraron",
    "han",
    "hanno",
    "mostrano",
];

/// What belongs to an author whose name has a genitive.
const WORKS: &[&str] = &[
    "study",
    "studies",
    "work",
    "research",
    "finding",
    "findings",
    "review",
    "paper",
    "analysis",
    "meta-analysis",
    "experiment",
    "experiments",
    "trial",
    "trials",
    "survey",
    "book",
    "model",
    "theory",
    "article",
    "report",
];

/// What leads to an author's name.
const LEADS: &[&str] = &[
    "according to",
    "reported by",
    "shown by",
    "found by",
    "described by",
    "proposed by",
    "noted by",
    "suggested by",
    "argued by",
    "demonstrated by",
    "observed by",
    "documented by",
    "reviewed by",
    "conducted by",
    "identified by",
    "study by",
    "studies by",
    "research by",
    "work by",
    "paper by",
    "review by",
    "experiment by",
    "analysis by",
    "see",
    "cf.",
    "following",
    "laut",
    "siehe",
    "vgl.",
    "selon",
    "d’après",
    "d'après",
    "según",
    "secondo",
    "segundo",
    "volgens",
];

pub(super) fn marks(source: &str, text: &ManuscriptText) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for pair in pairs(source, '(', ')').into_iter().chain(pairs(source, '[', ']')) {
        let held = inner(source, &pair);
        if held.split(';').any(|part| is_reference(part, text)) {
            found.push(pair);
        } else if year(held).is_some_and(ends_reference) {
            found.extend(narrated(source, &pair));
        }
    }
    for (start, mark) in source.match_indices("et al.") {
        if let Some(name) = source[..start].split_whitespace().next_back().filter(|name| is_name(name)) {
            found.push(start_of(source, name)..start + mark.len());
        }
    }
    found
}

/// Returns whether a text in brackets is one or several names with a year.
fn is_reference(part: &str, text: &ManuscriptText) -> bool {
    let part = part.trim();
    let part = BEFORE.iter().find_map(|before| part.strip_prefix(before)).unwrap_or(part);
    let part = part.strip_prefix("The ").unwrap_or(part);
    let Some(at) = part.match_indices(' ').map(|(at, _)| at + 1).find(|at| year(&part[*at..]).is_some()) else {
        return false;
    };
    let names: Vec<&str> = part[..at].split_whitespace().collect();
    let is_part = |word: &&str| is_name(word) || is_between(word);
    year(&part[at..]).is_some_and(ends_reference)
        && names.len() <= MOST_WORDS
        && names.iter().all(is_part)
        && names.first().is_some_and(|first| {
            is_name(first) || first.eq_ignore_ascii_case("van") || first.eq_ignore_ascii_case("de")
        })
        && names.iter().any(|name| is_name(name))
        && !names.iter().any(|name| is_no_surname(name) && !is_between(name))
        && !is_a_place(&names, text)
}

/// Returns whether a reference may end with what follows its year: nothing, a page, or another year.
fn ends_reference(rest: &str) -> bool {
    rest.is_empty()
        || rest.starts_with([',', ':', ';', ' '])
            && rest.len() < 40
            && rest.contains(|char: char| char.is_ascii_digit())
}

/// Returns whether the book speaks elsewhere of being in what a single name names.
fn is_a_place(names: &[&str], text: &ManuscriptText) -> bool {
    let [name] = names else { return false };
    let name = name.trim_end_matches(',');
    let prepositions = ["in", "at", "near", "im", "bei", "à", "en"];
    let is_there = |paragraph: &str| {
        paragraph.match_indices(name).any(|(at, _)| {
            let before = paragraph[..at].split_whitespace().next_back().unwrap_or_default().to_lowercase();
            let after = &paragraph[at + name.len()..];
            prepositions.contains(&before.as_str()) && !after.starts_with(['’', '\'']) && !after.starts_with(" (")
        })
    };
    text.paragraphs.iter().any(|paragraph| is_there(&paragraph.text))
}

/// Returns a reference whose year alone stands in brackets, from its first name on.
fn narrated(source: &str, pair: &Range<usize>) -> Option<Range<usize>> {
    let line = source[..pair.start].rsplit('\n').next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut first = words.len();
    while first > 0 && words.len() - first < MOST_WORDS && (is_name(words[first - 1]) || is_between(words[first - 1])) {
        // A comma ends what came before the names.
        if words[first - 1].ends_with([',', '.', ':']) && first < words.len() && !words[first - 1].ends_with("al.") {
            break;
        }
        first -= 1;
    }
    // A word that begins the sentence or leads to the names is no name.
    let joins = |word: &str| ["and", "und", "et", "&", "y", "e", "och", "en", "al.", "others"].contains(&word);
    while first < words.len() && (joins(words[first]) || is_no_surname(words[first]) && !is_between(words[first])) {
        first += 1;
    }
    let names = &words[first..];
    let last = names.last()?;
    let people = names.iter().filter(|word| is_name(word)).count();
    if people == 0 || people > 4 || names.iter().any(|word| is_no_surname(word) && !is_between(word)) {
        return None;
    }
    let after: String =
        source[pair.end..].trim_start().chars().take_while(|char| char.is_alphabetic() || *char == '-').collect();
    let lead = words[..first].iter().rev().take(2).rev().copied().collect::<Vec<_>>().join(" ").to_lowercase();
    let leads = LEADS.iter().any(|known| lead == *known || lead.ends_with(&format!(" {known}")));
    let with_page = inner(source, pair).len() > 5;
    let owner = last.ends_with("’s") || last.ends_with("'s");
    let acts = DO.contains(&after.as_str()) || owner && WORKS.contains(&after.as_str());
    (acts || leads || with_page).then(|| start_of(source, names[0])..pair.end)
}

/// Returns where a part of a text begins in it.
fn start_of(source: &str, part: &str) -> usize {
    part.as_ptr() as usize - source.as_ptr() as usize
}
