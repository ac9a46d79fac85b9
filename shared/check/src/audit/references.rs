//! References to chapters and sections that there are not, or to chapters that say nothing of what they are named for.

mod numbers;

use std::collections::HashSet;

use bindery_text::language;

use self::numbers::{Numbered, numbered};
use super::{Book, Finding, FindingKind};
use crate::{lemma::stop_words, manuscript::ManuscriptText};

/// A sentence with fewer content words does not say what it names a chapter for.
const LEAST_WORDS: usize = 3;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let primary = language::primary(&book.text.language);
    let stop_words = stop_words::of(&primary);
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        for reference in numbered(text, &primary) {
            if let Some(advice) = fault(book, sentence, reference, stop_words) {
                let (place, quote) = (book.text.place(sentence), book.sentence(sentence));
                found.push(Finding::new(FindingKind::Reference, place, quote, advice));
            }
        }
    }
    found
}

/// Returns the references of a book to chapters beyond its last one, each as its sentence and the number.
pub(crate) fn dangling_references(text: &ManuscriptText) -> Vec<(usize, u32)> {
    let primary = language::primary(&text.language);
    let last = text.chapters.len();
    let mut found = Vec::new();
    for sentence in text.prose().flat_map(|paragraph| paragraph.sentences.clone()) {
        let references = numbered(text.text_of(&text.sentences[sentence]), &primary).into_iter();
        found.extend(references.filter(|to| to.chapter as usize > last).map(|to| (sentence, to.chapter)));
    }
    found
}

/// Returns what is wrong with a reference, if anything is.
fn fault(book: &Book<'_>, sentence: usize, to: Numbered, stop_words: &HashSet<&'static str>) -> Option<String> {
    let number = to.chapter;
    let Some(chapter) = book.chapter_shown_as(number) else {
        return Some(format!("The book has no chapter {number}. Take the reference out."));
    };
    let sections = book.text.chapters[chapter].sections.len();
    if let Some(section) = to.section {
        let there = (1..=sections).contains(&(section as usize));
        return (!there).then(|| format!("Chapter {number} has no section {section}. Take the reference out."));
    }
    if book.text.chapter_of(book.text.sentences[sentence].paragraph) == chapter {
        return None;
    }
    let content = |word: &&u32| {
        let word = book.text.word(**word);
        word.chars().count() > 3 && !stop_words.contains(word) && !numbers::is_part_of_reference(word)
    };
    let named: Vec<u32> = book.words(sentence).iter().filter(content).copied().collect();
    let target: HashSet<u32> = book.text.words[book.text.words_of(chapter)].iter().copied().collect();
    let title = book.text.chapters[chapter].title.to_lowercase();
    let speaks = |word: &u32| target.contains(word) || title.contains(book.text.word(*word));
    (named.len() >= LEAST_WORDS && !named.iter().any(speaks)).then(|| {
        format!("Chapter {number} says nothing of this. Take the reference out, or refer to the right chapter.")
    })
}

impl Book<'_> {
    /// Returns the index of the chapter that its readers know by a number.
    fn chapter_shown_as(&self, number: u32) -> Option<usize> {
        let shown = self.expected.shown_numbers;
        if shown.is_empty() {
            return self.text.chapters.iter().position(|chapter| chapter.number == number);
        }
        let own = shown.iter().position(|shown| *shown == Some(number))?;
        self.text.chapters.iter().position(|chapter| chapter.number as usize == own + 1)
    }
}
