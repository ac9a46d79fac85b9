//! Lists of sources: their headings, and their entries.

use std::ops::Range;

use bindery_text::markdown::Kind;

use super::names::{is_name, year};
use crate::manuscript::Paragraph;

/// What a list of sources is called.
const TITLES: &[&str] = &[
    "references",
    "reference list",
    "list of references",
    "bibliography",
    "selected bibliography",
    "works cited",
    "sources",
    "citations",
    "further reading",
    "suggested reading",
    "suggested readings",
    "recommended reading",
    "literature",
    "literature cited",
    "sources and further reading",
    "references and further reading",
    "notes and references",
    "notes and sources",
    "literatur",
    "literaturverzeichnis",
    "quellen",
    "quellenverzeichnis",
    "quellenangaben",
    "weiterführende literatur",
    "bibliographie",
    "références",
    "références bibliographiques",
    "sources et références",
    "pour aller plus loin",
    "lectures complémentaires",
    "referencias",
    "referencias bibliográficas",
    "bibliografía",
    "fuentes",
    "lecturas recomendadas",
    "bibliografia",
    "riferimenti",
    "riferimenti bibliografici",
    "fonti",
    "referências",
    "referências bibliográficas",
    "fontes",
    "literatuur",
    "bronnen",
    "literatuurlijst",
    "referenser",
    "källor",
    "litteratur",
    "kilder",
    "referanser",
    "źródła",
    "literatura",
    "литература",
    "список литературы",
    "источники",
    "参考文献",
    "參考文獻",
    "参考資料",
    "출처",
    "참고문헌",
];

/// The most bytes of an entry by which it is quoted.
const QUOTED: usize = 120;

/// Returns whether a heading is that of a list of sources.
pub(super) fn is_title(text: &str) -> bool {
    let bare = text.trim().trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    // A heading may have a number.
    let bare = bare.trim_start_matches(|char: char| char.is_ascii_digit() || ". ".contains(char));
    TITLES.contains(&bare)
}

pub(super) fn marks(source: &str, paragraphs: &[Paragraph]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut listing = false;
    for paragraph in paragraphs {
        match paragraph.kind {
            Kind::Code { .. } | Kind::Table | Kind::Html | Kind::Rule => {}
            Kind::Heading(_) => listing = is_title(&paragraph.text),
            _ if is_title(&paragraph.text) => listing = true,
            _ => {
                let line = first_line(source, paragraph);
                if is_entry(&source[line.clone()]) || listing && !line.is_empty() {
                    found.push(quoted(source, line));
                }
                continue;
            }
        }
        if listing && is_title(&paragraph.text) {
            let range = &paragraph.source;
            found.push(range.start..range.start + source[range.clone()].trim_end().len());
        }
    }
    found
}

/// Returns the first line of a block from its first letter on.
fn first_line(source: &str, paragraph: &Paragraph) -> Range<usize> {
    let text = &source[paragraph.source.clone()];
    let start = text.find(|char: char| char.is_alphabetic()).unwrap_or(text.len());
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let trimmed = text[start..end].trim_end().len();
    paragraph.source.start + start..paragraph.source.start + start + trimmed
}

/// Returns whether a line is an entry of a list of sources: a surname, initials, and a year.
fn is_entry(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(surname), Some(initial)) = (words.next(), words.next()) else { return false };
    let is_initial = initial.starts_with(char::is_uppercase) && initial.chars().nth(1) == Some('.');
    let has_year = line
        .match_indices(['1', '2'])
        .any(|(at, _)| !line[..at].ends_with(|char: char| char.is_alphanumeric()) && year(&line[at..]).is_some());
    is_name(surname) && surname.ends_with(',') && is_initial && has_year
}

/// Returns the part of an entry by which it is quoted: up to its year in brackets, or its beginning.
fn quoted(source: &str, line: Range<usize>) -> Range<usize> {
    let text = &source[line.clone()];
    let with_year = text.match_indices('(').find(|(at, _)| year(&text[at + 1..]).is_some());
    let end = with_year.and_then(|(at, _)| text[at..].find(')').map(|end| at + end + 1)).unwrap_or(text.len());
    let end = if end <= QUOTED { end } else { (0..=QUOTED).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0) };
    line.start..line.start + end
}
