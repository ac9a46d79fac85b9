//! Numbers of sources in square brackets, and brackets that wait for a source.

use std::ops::Range;

/// The longest text in brackets that is read.
const LONGEST: usize = 160;

/// What a bracket names that waits for a source.
const SOURCES: &[&str] = &[
    "citation",
    "citations",
    "cite",
    "source",
    "sources",
    "reference",
    "references",
    "ref",
    "quelle",
    "quellen",
    "beleg",
    "fuente",
    "référence",
    "fonte",
];

/// The other words of such a bracket.
const WAITING: &[&str] = &[
    "needed",
    "required",
    "missing",
    "here",
    "goes",
    "go",
    "insert",
    "add",
    "added",
    "your",
    "a",
    "the",
    "to",
    "be",
    "of",
    "for",
    "this",
    "fehlt",
    "einfügen",
    "nötig",
    "hier",
    "necesaria",
    "nécessaire",
    "placeholder",
    "pending",
    "tbd",
];

pub(super) fn marks(source: &str) -> Vec<Range<usize>> {
    let square = pairs(source, '[', ']').into_iter();
    let mut found: Vec<Range<usize>> =
        square.filter(|range| is_numeral(source, range) || waits(source, range, 1)).collect();
    found.extend(pairs(source, '(', ')').into_iter().filter(|range| waits(source, range, 2)));
    found
}

/// Returns each pair of brackets that holds a short text on one line.
pub(super) fn pairs(source: &str, open: char, close: char) -> Vec<Range<usize>> {
    let starts = source.match_indices(open).map(|(start, _)| start);
    let pair = |start: usize| {
        let inner = &source[start + open.len_utf8()..];
        let length = inner.find([close, open, '\n'])?;
        let closes = inner[length..].starts_with(close) && length <= LONGEST;
        closes.then_some(start..start + open.len_utf8() + length + close.len_utf8())
    };
    starts.filter_map(pair).collect()
}

/// Returns the text between a pair of brackets of one byte each.
pub(super) fn inner<'s>(source: &'s str, pair: &Range<usize>) -> &'s str {
    &source[pair.start + 1..pair.end - 1]
}

/// Returns whether square brackets hold the numbers of sources, and neither a note nor a link nor an index of a list.
fn is_numeral(source: &str, pair: &Range<usize>) -> bool {
    let numeral = |part: &str| !part.is_empty() && part.len() <= 3 && part.chars().all(|char| char.is_ascii_digit());
    let parts = inner(source, pair).split([',', ';', '-', '–']);
    let before = source[..pair.start].chars().next_back();
    // A text with code names the items of its lists.
    let index = before.is_some_and(|char| char == '_' || char == '`' || char.is_alphanumeric() && source.contains('`'));
    parts.clone().all(|part| numeral(part.trim()))
        && !leads_on(source, pair)
        && !index
        && !before.is_some_and(|char| char.is_ascii_digit() || char == ']')
}

/// Returns whether brackets are the text of a link or the name of its target.
fn leads_on(source: &str, pair: &Range<usize>) -> bool {
    source[pair.end..].starts_with(['(', ':', '['])
}

/// Returns whether brackets wait for a source, as in `[citation needed]`. They hold at least so many words.
fn waits(source: &str, pair: &Range<usize>, least: usize) -> bool {
    let text = inner(source, pair).to_lowercase();
    let words: Vec<&str> = text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    words.len() >= least
        && words.iter().any(|word| SOURCES.contains(word))
        && words.iter().all(|word| SOURCES.contains(word) || WAITING.contains(word))
        && !leads_on(source, pair)
        && !source[..pair.start].ends_with(']')
}
