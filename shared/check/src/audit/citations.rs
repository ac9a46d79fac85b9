//! Sources that nobody gave: links, references to literature, and words that are put into a named person's mouth. A model invents
//! them. What the author named may be cited.

use std::ops::Range;

use super::{Book, Finding, FindingKind};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    if book.expected.may_cite {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (section, source) in book.text.sections.iter().zip(&book.sources) {
        for range in marks(source) {
            let quote = source[range.clone()].to_owned();
            if is_given(&quote, book.expected.given) {
                continue;
            }
            let paragraphs = &book.text.paragraphs[section.paragraphs.clone()];
            let holds = |paragraph: &&crate::manuscript::Paragraph| paragraph.source.contains(&range.start);
            let Some(sentence) = paragraphs.iter().find(holds).and_then(|paragraph| paragraph.sentences.clone().next())
            else {
                continue;
            };
            found.push(Finding {
                kind: FindingKind::Citation,
                place: book.text.place(sentence),
                advice: format!("Nobody gave the source “{quote}”. Say the same without it."),
                quote,
                other: None,
                round: None,
            });
        }
    }
    found
}

/// Returns where a Markdown text cites something.
fn marks(source: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for scheme in ["http://", "https://", "www.", "doi:", "doi.org/"] {
        let starts = source.match_indices(scheme).map(|(start, _)| start);
        found.extend(starts.map(|start| start..start + link_length(&source[start..])));
    }
    found.extend(in_brackets(source, '(', ')').into_iter().filter(|range| names_a_year(&source[range.clone()])));
    found.extend(in_brackets(source, '[', ']').into_iter().filter(|range| is_numeral(source, range)));
    found.extend(source.match_indices("et al.").map(|(start, mark)| name_before(source, start)..start + mark.len()));
    found.extend(attributions(source));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

fn link_length(text: &str) -> usize {
    let end = text.find(|char: char| char.is_whitespace() || "()<>\"'”’]".contains(char)).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':']).len()
}

/// Returns the inner of each pair of brackets that holds a short text on one line.
fn in_brackets(source: &str, open: char, close: char) -> Vec<Range<usize>> {
    const LONGEST: usize = 80;

    let starts = source.match_indices(open).map(|(start, mark)| start + mark.len());
    let inner = |start: usize| {
        let length = source[start..].find([close, open, '\n'])?;
        (source[start + length..].starts_with(close) && length <= LONGEST).then_some(start..start + length)
    };
    starts.filter_map(inner).collect()
}

/// Returns whether a text in brackets is a name with a year, as `Smith & Jones, 2019, p. 4`.
fn names_a_year(text: &str) -> bool {
    let Some((names, rest)) = text.split_once(", ") else { return false };
    let year: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
    let is_name =
        |word: &str| word.starts_with(char::is_uppercase) || ["and", "und", "et", "al.", "&", "y"].contains(&word);
    is_year && names.split_whitespace().count() <= 6 && names.split_whitespace().all(is_name)
}

/// Returns whether a text in square brackets is the number of a source, and neither a footnote nor a link.
fn is_numeral(source: &str, range: &Range<usize>) -> bool {
    let text = &source[range.clone()];
    let after = source[range.end + 1..].chars().next();
    let numeral = |part: &str| !part.is_empty() && part.len() <= 3 && part.chars().all(|char| char.is_ascii_digit());
    let inline_code = source[..range.start].matches('`').count() % 2 == 1;
    text.split([',', '-', '–']).all(|part| numeral(part.trim()))
        && !matches!(after, Some('(' | ':' | '['))
        && !inline_code
        && source[..range.start - 1].ends_with(|char: char| !char.is_alphanumeric() && char != '`')
}

fn name_before(source: &str, end: usize) -> usize {
    source[..end]
        .trim_end()
        .rfind(|char: char| !char.is_alphabetic())
        .map_or(0, |at| at + source[at..].chars().next().map_or(0, char::len_utf8))
}

/// Returns where a sentence lets a named person say something that stands in quotation marks.
fn attributions(source: &str) -> Vec<Range<usize>> {
    const SAYS: &[&str] =
        &[" said, “", " wrote, “", " put it, “", " once said, “", " once wrote, “", " observed, “", " noted, “"];

    let plain = source;
    let mut found = Vec::new();
    for says in SAYS {
        let straight = says.replace('“', "\"");
        for pattern in [*says, &straight] {
            for (start, _) in plain.match_indices(pattern) {
                let begin = plain[..start].rfind("As ").filter(|begin| start - begin < 60);
                let name = begin.map(|begin| &plain[begin + 3..start]);
                let full_name = |name: &str| {
                    let words: Vec<&str> = name.split(' ').filter(|word| *word != "once").collect();
                    words.len() >= 2 && words.iter().all(|word| word.starts_with(char::is_uppercase))
                };
                if let (Some(begin), true) = (begin, name.is_some_and(full_name)) {
                    found.push(begin..start + pattern.trim_end_matches(['“', '"']).trim_end().len());
                }
            }
        }
    }
    found
}

/// Returns whether the author named what is cited: the host of a link, or the first name in it.
fn is_given(quote: &str, given: &str) -> bool {
    if given.is_empty() {
        return false;
    }
    let bare = quote.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let host = bare.split('/').next().unwrap_or(bare);
    if bare.len() < quote.len() {
        return given.contains(host);
    }
    let names = quote.strip_prefix("As ").unwrap_or(quote);
    let mut words = names.split(|char: char| !char.is_alphabetic()).filter(|word| word.chars().count() > 2);
    words.any(|word| word.starts_with(char::is_uppercase) && given.contains(word))
}
