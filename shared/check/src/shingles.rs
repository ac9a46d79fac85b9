//! What a book says twice: passages that stand in two places, and sentences that are nearly the same.
//!
//! A shingle is a run of words in the author's running text, and lies within one section. Quotations, code, tables and notes do not
//! count. Everything here is linear in the text.

mod passages;
mod sentences;

use std::collections::HashMap;

pub use passages::{Repeat, repeats};
pub(crate) use sentences::{AlikeSentences, alike_sentences};

use crate::manuscript::ManuscriptText;

/// The usual number of words in a shingle. Two writers seldom choose the same eight words by chance.
pub(crate) const SHINGLE: usize = 8;

/// The shingles of a book. Equal shingles have equal numbers.
pub struct Shingles {
    /// The number of words in each.
    length: usize,
    /// For each word the number of the shingle that begins there; `None` where fewer words follow in the section, or where the
    /// text does not count.
    numbers: Vec<Option<u32>>,
    /// For each shingle where it stands.
    holders: Vec<Holders>,
}

/// Where a shingle stands.
#[derive(Clone, Copy, Debug)]
struct Holders {
    /// The word at which it stands first.
    first: usize,
    /// The chapter in which it stands first, by its index.
    chapter: usize,
    /// Whether it also stands in another chapter.
    in_others: bool,
}

/// How much of a text is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// The number of shingles that stand elsewhere too.
    pub repeated: usize,
    /// The number of all shingles.
    pub all: usize,
}

impl Overlap {
    /// Returns the share in percent; 0 of an empty text.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.repeated as f64 * 100.0 / self.all as f64 }
    }
}

impl Shingles {
    /// Finds the shingles of `SHINGLE` words.
    pub fn of(book: &ManuscriptText) -> Self {
        Self::with_length(book, SHINGLE)
    }

    /// Finds the shingles of `length` words.
    pub(crate) fn with_length(book: &ManuscriptText, length: usize) -> Self {
        let mut shingles = Self { length, numbers: numbers(book, length), holders: Vec::new() };
        for chapter in 0..book.chapters.len() {
            for word in book.words_of(chapter) {
                shingles.note(word, chapter);
            }
        }
        shingles
    }

    /// Returns the share of a book's shingles that also stand in another chapter.
    pub fn across_chapters(&self) -> Overlap {
        let all = self.numbers.iter().flatten();
        let in_others = |number: &&u32| self.holders[**number as usize].in_others;
        Overlap { repeated: all.clone().filter(in_others).count(), all: all.count() }
    }

    /// Returns the share of a book's shingles that stand more than once in their own chapter.
    pub(crate) fn within_chapters(&self, book: &ManuscriptText) -> Overlap {
        let mut overlap = Overlap::default();
        for chapter in 0..book.chapters.len() {
            let mut counts: HashMap<u32, usize> = HashMap::new();
            for number in self.numbers[book.words_of(chapter)].iter().flatten() {
                *counts.entry(*number).or_default() += 1;
            }
            overlap.all += counts.values().sum::<usize>();
            overlap.repeated += counts.values().filter(|count| **count > 1).sum::<usize>();
        }
        overlap
    }

    fn note(&mut self, word: usize, chapter: usize) {
        let Some(number) = self.numbers[word] else { return };
        match self.holders.get_mut(number as usize) {
            Some(holders) => holders.in_others |= holders.chapter != chapter,
            // Numbers are given in the order of the text.
            None => self.holders.push(Holders { first: word, chapter, in_others: false }),
        }
    }
}

/// Numbers the shingles in the order of their first places: two overlapping runs make a run of up to twice their length.
fn numbers(book: &ManuscriptText, wanted: usize) -> Vec<Option<u32>> {
    let mut numbers: Vec<Option<u32>> = vec![None; book.words.len()];
    for word in book.prose().flat_map(|paragraph| paragraph.words.clone()) {
        numbers[word] = Some(book.words[word]);
    }
    let mut length = 1;
    while length < wanted {
        let longer = (2 * length).min(wanted);
        numbers = numbers_of_longer(book, &numbers, longer - length, longer);
        length = longer;
    }
    numbers
}

/// Numbers the runs of `length` words: each is a run of fewer words, with another that begins `offset` words later.
fn numbers_of_longer(book: &ManuscriptText, runs: &[Option<u32>], offset: usize, length: usize) -> Vec<Option<u32>> {
    let mut seen: HashMap<(u32, u32), u32> = HashMap::new();
    let mut longer = vec![None; runs.len()];
    for section in &book.sections {
        let end = (section.words.end + 1).saturating_sub(length).max(section.words.start);
        for start in section.words.start..end {
            if let (Some(left), Some(right)) = (runs[start], runs[start + offset]) {
                let next = u32::try_from(seen.len()).unwrap_or(u32::MAX);
                longer[start] = Some(*seen.entry((left, right)).or_insert(next));
            }
        }
    }
    longer
}

#[cfg(test)]
mod tests;
