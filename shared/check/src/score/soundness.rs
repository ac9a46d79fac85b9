//! What is wrong in any book, whatever its plan: words of the model, texts that break off, references and sources that lead nowhere.

use bindery_text::{ending, markdown::Kind};

use super::subject::{Measured, Subject, percent};
use crate::{
    audit::{dangling_references, has_source_list, marks_of_sources},
    meta_talk,
};

/// Paragraphs that speak as a language model, hold a placeholder, or plan the text.
pub(super) fn leaks(subject: &Subject<'_>) -> Measured {
    if subject.words == 0 {
        return Measured::none();
    }
    let mut found = Vec::new();
    for paragraph in subject.book.prose() {
        let leak = meta_talk::anywhere(&paragraph.text);
        if let (Some(leak), Some(sentence)) = (leak, paragraph.sentences.clone().next()) {
            found.push(subject.evidence(sentence, leak.to_string()));
        }
    }
    Measured::of(found.len() as f64).with(found)
}

/// Percent of the sections that end with a paragraph that breaks off.
pub(super) fn cut_endings(subject: &Subject<'_>) -> Measured {
    let book = subject.book;
    let last = |section: &crate::manuscript::SectionSpan| {
        let last = book.paragraphs[section.paragraphs.clone()].last()?;
        (last.is_prose() && last.kind == Kind::Paragraph).then_some(last)
    };
    let (mut all, mut found) = (0, Vec::new());
    for paragraph in book.sections.iter().filter_map(last) {
        let Some(sentence) = paragraph.sentences.clone().next_back() else { continue };
        all += 1;
        if let Some(cut) = ending::cut(&paragraph.text, &book.language) {
            found.push(subject.evidence(sentence, format!("the section {cut}")));
        }
    }
    if all == 0 { Measured::none() } else { Measured::of(percent(found.len(), all)).with(found) }
}

/// References to chapters beyond the last one.
pub(super) fn dangling(subject: &Subject<'_>) -> Measured {
    if subject.words == 0 {
        return Measured::none();
    }
    let found = dangling_references(subject.book);
    let evidence: Vec<_> = found
        .iter()
        .map(|(sentence, number)| subject.evidence(*sentence, format!("there is no chapter {number}")))
        .collect();
    Measured::of(found.len() as f64).with(evidence)
}

/// Marks of sources in a book without a list of sources, per thousand words.
pub(super) fn sources_without_a_list(subject: &Subject<'_>) -> Measured {
    let found = if has_source_list(subject.book) { Vec::new() } else { marks_of_sources(subject.book) };
    let evidence: Vec<_> =
        found.iter().map(|(sentence, mark)| subject.evidence(*sentence, format!("“{mark}” has no entry"))).collect();
    subject.per_thousand(found.len()).with(evidence)
}
