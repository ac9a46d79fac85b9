//! What all measures read: the book, and what is computed once for several of them.

use std::ops::Range;

use bindery_text::{language, markdown::Kind};

use super::Evidence;
use crate::{
    manuscript::{ManuscriptText, Paragraph, Sentence},
    shingles::Shingles,
};

/// The most places that a figure names: a reader mends a few, and then scores again.
pub(super) const MAX_EVIDENCE: usize = 8;

/// The fewest words of which a share says something.
pub(super) const LEAST_WORDS: usize = 1_000;

/// The book under measurement.
pub(super) struct Subject<'a> {
    pub(super) book: &'a ManuscriptText,
    pub(super) shingles: Shingles,
    /// The number of words of the author's running text.
    pub(super) words: usize,
    pub(super) english: bool,
}

/// What a measure found.
pub(super) struct Measured {
    /// The value; `None` where the book is too short for it, or in another language.
    pub(super) value: Option<f64>,
    /// Places to look at, the most telling first.
    pub(super) evidence: Vec<Evidence>,
}

impl Measured {
    pub(super) fn none() -> Self {
        Self { value: None, evidence: Vec::new() }
    }

    pub(super) fn of(value: f64) -> Self {
        Self { value: Some(value), evidence: Vec::new() }
    }

    pub(super) fn with(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence = evidence.into_iter().take(MAX_EVIDENCE).collect();
        self
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(book: &'a ManuscriptText) -> Self {
        let words = book.prose().map(|paragraph| paragraph.words.len()).sum();
        let english = language::primary(&book.language) == "en";
        Self { book, shingles: Shingles::of(book), words, english }
    }

    /// Returns whether the book is long enough for shares of its words.
    pub(super) fn is_long(&self) -> bool {
        self.words >= LEAST_WORDS
    }

    /// Returns the paragraphs of running text that are no list items.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &'a Paragraph> {
        self.book.prose().filter(|paragraph| paragraph.kind == Kind::Paragraph)
    }

    /// Returns the sentences of these paragraphs.
    pub(super) fn sentences(&self) -> impl Iterator<Item = usize> {
        self.paragraphs().flat_map(|paragraph| paragraph.sentences.clone())
    }

    pub(super) fn sentence(&self, index: usize) -> &'a Sentence {
        &self.book.sentences[index]
    }

    /// Returns the words of a range as they are compared.
    pub(super) fn spelled(&self, words: Range<usize>) -> impl Iterator<Item = &'a str> {
        self.book.words[words].iter().map(|&word| self.book.word(word))
    }

    /// Returns the evidence at a sentence.
    pub(super) fn evidence(&self, sentence: usize, says: impl Into<String>) -> Evidence {
        Evidence { place: self.book.place(sentence), says: says.into() }
    }

    /// Returns how often something stands in a thousand words.
    pub(super) fn per_thousand(&self, count: usize) -> Measured {
        if self.is_long() { Measured::of(count as f64 * 1_000.0 / self.words as f64) } else { Measured::none() }
    }
}

/// Returns a share in percent; nothing of nothing is 0.
pub(super) fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// Returns the coefficient of variation: the standard deviation over the mean.
pub(super) fn variation(sizes: impl Iterator<Item = usize> + Clone) -> Option<f64> {
    let count = sizes.clone().count() as f64;
    let mean = sizes.clone().sum::<usize>() as f64 / count;
    let variance = sizes.map(|size| (size as f64 - mean).powi(2)).sum::<f64>() / count;
    (mean > 0.0).then(|| variance.sqrt() / mean)
}
