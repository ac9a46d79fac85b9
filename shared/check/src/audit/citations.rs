//! Sources that nobody gave: links, references to literature, lists of sources, and words that are put into a named person's mouth.
//! A model invents them. What the author named may be cited.

mod author_year;
mod brackets;
mod given;
mod links;
mod names;
mod notes;
mod sayings;
mod source_lists;
#[cfg(test)]
mod tests;

use std::ops::Range;

use bindery_text::{language, markdown::Kind};

use self::given::Given;
use super::{Book, Finding, FindingKind};
use crate::manuscript::{ManuscriptText, Paragraph, SectionSpan};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    if book.expected.may_cite {
        return Vec::new();
    }
    let given = Given::new(book.expected);
    let mut found = Vec::new();
    for (section, source) in book.text.sections.iter().zip(&book.sources) {
        let paragraphs = &book.text.paragraphs[section.paragraphs.clone()];
        for range in marks(source, paragraphs, &book.text, book.expected.fiction) {
            let quote = source[range.clone()].to_owned();
            if given.names(&quote) {
                continue;
            }
            let Some(sentence) = sentence_of(book, section, source, &range) else { continue };
            let advice = format!("Nobody gave the source “{quote}”. Say the same without it.");
            found.push(Finding::new(FindingKind::Citation, book.text.place(sentence), quote, advice));
        }
    }
    found
}

/// Returns where the Markdown of a section cites something, whoever gave it.
fn marks(source: &str, paragraphs: &[Paragraph], text: &ManuscriptText, fiction: bool) -> Vec<Range<usize>> {
    let tag = language::primary(&text.language);
    let mut found = links::marks(source);
    found.extend(brackets::marks(source));
    found.extend(author_year::marks(source, text));
    found.extend(notes::marks(source));
    found.extend(source_lists::marks(source, paragraphs));
    // The people of a story may say and cite what they like.
    if !fiction {
        found.extend(sayings::marks(source, paragraphs, &tag));
    }
    found.retain(|range| !is_code(source, paragraphs, range.start));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

/// Returns the numbers and the years in brackets that name sources in a book's running text, each with its sentence.
pub(crate) fn marks_of_sources(text: &ManuscriptText) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for paragraph in text.prose() {
        let plain = std::slice::from_ref(paragraph);
        let mut marks = brackets::marks(&paragraph.text);
        marks.extend(author_year::marks(&paragraph.text, text));
        marks.retain(|range| !is_code(&paragraph.text, plain, range.start));
        for range in marks {
            let holds = |sentence: &usize| text.sentences[*sentence].text.contains(&range.start);
            if let Some(sentence) = paragraph.sentences.clone().find(holds) {
                found.push((sentence, paragraph.text[range].to_owned()));
            }
        }
    }
    found
}

/// Returns whether a book has a list of its sources.
pub(crate) fn has_source_list(text: &ManuscriptText) -> bool {
    let named = |title: &str| source_lists::is_title(title);
    text.chapters.iter().any(|chapter| named(&chapter.title))
        || text.sections.iter().any(|section| named(&section.heading))
        || text.paragraphs.iter().any(|paragraph| matches!(paragraph.kind, Kind::Heading(_)) && named(&paragraph.text))
}

/// Returns whether a place lies in a block or a span of code.
fn is_code(source: &str, paragraphs: &[Paragraph], at: usize) -> bool {
    let Some(paragraph) = paragraphs.iter().find(|paragraph| paragraph.source.contains(&at)) else { return false };
    let in_span = || source[paragraph.source.start..at].matches('`').count() % 2 == 1;
    matches!(paragraph.kind, Kind::Code { .. }) || in_span()
}

/// Returns the sentence that holds a mark, or the one nearest to it where it stands in a heading or a table.
fn sentence_of(book: &Book<'_>, section: &SectionSpan, source: &str, mark: &Range<usize>) -> Option<usize> {
    let paragraphs = &book.text.paragraphs[section.paragraphs.clone()];
    let holder = paragraphs.iter().position(|paragraph| paragraph.source.contains(&mark.start));
    let holder = holder.unwrap_or_default();
    let own = paragraphs.get(holder)?;
    if !own.sentences.is_empty() {
        let at = place_in_text(own, source, mark);
        let holds = |sentence: &usize| book.text.sentences[*sentence].text.end > at;
        return own.sentences.clone().find(holds).or_else(|| own.sentences.clone().next_back());
    }
    let after = paragraphs[holder..].iter().find_map(|paragraph| paragraph.sentences.clone().next());
    after.or_else(|| paragraphs[..holder].iter().rev().find_map(|paragraph| paragraph.sentences.clone().next_back()))
}

/// Returns where the text of a paragraph, which lacks the signs of Markdown, has a mark of its source.
fn place_in_text(paragraph: &Paragraph, source: &str, mark: &Range<usize>) -> usize {
    let before = &source[paragraph.source.start..mark.start];
    let nth = before.matches(&source[mark.clone()]).count();
    if let Some((at, _)) = paragraph.text.match_indices(&source[mark.clone()]).nth(nth) {
        return at;
    }
    // The address of a link is not in the text, but the words before it are.
    let words = before.trim_end_matches(|char: char| !char.is_alphanumeric());
    let start = words.char_indices().rev().nth(11).map_or(0, |(start, _)| start);
    paragraph.text.find(&words[start..]).map_or(0, |at| at + words.len() - start)
}
