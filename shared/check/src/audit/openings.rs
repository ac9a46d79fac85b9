//! Sections that open or end like an earlier one.

use std::collections::HashMap;

use super::{Book, Finding, FindingKind};

/// Two openings with the same first words are alike, and so are two endings with the same last words.
const WORDS: usize = 5;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut openings = Alike::new(book, FindingKind::Opening);
    let mut endings = Alike::new(book, FindingKind::Ending);
    for section in &book.text.sections {
        if let Some(first) = book.first_sentence(section) {
            openings.note(first, book.words(first).first_chunk());
        }
        if let Some(last) = book.last_sentence(section) {
            endings.note(last, book.words(last).last_chunk());
        }
    }
    openings.found.into_iter().chain(endings.found).collect()
}

/// The sentences at one edge of the sections, and those that are like an earlier one.
struct Alike<'a> {
    book: &'a Book<'a>,
    kind: FindingKind,
    first: HashMap<[u32; WORDS], usize>,
    found: Vec<Finding>,
}

impl<'a> Alike<'a> {
    fn new(book: &'a Book<'a>, kind: FindingKind) -> Self {
        Self { book, kind, first: HashMap::new(), found: Vec::new() }
    }

    fn note(&mut self, sentence: usize, edge: Option<&[u32; WORDS]>) {
        let Some(edge) = edge else { return };
        match self.first.get(edge) {
            None => _ = self.first.insert(*edge, sentence),
            Some(earlier) => self.found.push(finding(self.book, self.kind, sentence, *earlier)),
        }
    }
}

fn finding(book: &Book<'_>, kind: FindingKind, sentence: usize, earlier: usize) -> Finding {
    let other = book.text.place(earlier);
    let what = if kind == FindingKind::Opening { "opens" } else { "ends" };
    let advice = format!(
        "Chapter {}, section {}, {what} with the same words. Let this section {} in another way.",
        other.chapter,
        other.section,
        what.trim_end_matches('s')
    );
    let place = book.text.place(sentence);
    Finding { other: Some(other), ..Finding::new(kind, place, book.sentence(sentence), advice) }
}
