//! Passages that stand twice, word for word.

use std::ops::Range;

use super::Shingles;
use crate::manuscript::{ManuscriptText, Place};

/// A passage that stands in two places, as long as it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Its words where it stands first.
    pub first: Range<usize>,
    /// Its words where it stands again.
    pub again: Range<usize>,
}

impl Repeat {
    /// Returns the number of words.
    pub fn words(&self) -> usize {
        self.again.len()
    }

    /// Returns where it stands first.
    pub(crate) fn first_place(&self, book: &ManuscriptText) -> Place {
        book.place_of_word(self.first.start)
    }

    /// Returns where it stands again.
    pub(crate) fn again_place(&self, book: &ManuscriptText) -> Place {
        book.place_of_word(self.again.start)
    }
}

/// Finds the passages of at least `least` words, but not less than a shingle's, that already stood in the book.
///
/// A passage that stands three times is found twice: each later place is paired with an earlier one.
pub fn repeats(book: &ManuscriptText, shingles: &Shingles, least: usize) -> Vec<Repeat> {
    let mut found = Vec::new();
    for section in &book.sections {
        let mut word = section.words.start;
        while word < section.words.end {
            let Some(repeat) = longest(book, shingles, word, section.words.end) else {
                word += 1;
                continue;
            };
            word = repeat.again.end;
            if repeat.words() >= least {
                found.push(repeat);
            }
        }
    }
    found
}

/// Returns the longest passage that begins at a word and stood before, beginning at the first place of its first shingle.
fn longest(book: &ManuscriptText, shingles: &Shingles, word: usize, section_end: usize) -> Option<Repeat> {
    let number = shingles.numbers[word]?;
    let first = shingles.holders[number as usize].first;
    if first + shingles.length > word {
        return None;
    }
    let first_section = book.paragraphs[book.sentences[book.sentence_of_word(first)].paragraph].section;
    let first_end = book.sections[first_section].words.end.min(word);
    let mut length = shingles.length;
    while word + length < section_end
        && first + length < first_end
        && book.words[first + length] == book.words[word + length]
        && continues(shingles, word, length)
    {
        length += 1;
    }
    Some(Repeat { first: first..first + length, again: word..word + length })
}

/// Returns whether the word after a passage counts as running text: then a shingle ends with it.
fn continues(shingles: &Shingles, word: usize, length: usize) -> bool {
    shingles.numbers[word + length + 1 - shingles.length].is_some()
}
