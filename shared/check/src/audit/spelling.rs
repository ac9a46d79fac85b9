//! Terms of the glossary in another spelling: with or without a hyphen or a space, or with other capitals.

use std::collections::HashMap;

use super::{Book, Finding, FindingKind};

/// Shorter terms are parts of other words.
const LEAST_LETTERS: usize = 4;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let terms: Vec<Term<'_>> = book.expected.terms.iter().filter_map(|term| Term::new(term)).collect();
    if terms.is_empty() {
        return Vec::new();
    }
    let by_letters: HashMap<&str, &Term<'_>> = terms.iter().map(|term| (term.letters.as_str(), term)).collect();
    let longest = terms.iter().map(|term| term.parts).max().unwrap_or(0) + 1;
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        for (form, term) in forms(text, longest, &by_letters) {
            if term.allows(form) {
                continue;
            }
            let advice = format!("The book spells this term “{}”.", term.spelling);
            found.push(Finding::new(FindingKind::Spelling, book.text.place(sentence), form.to_owned(), advice));
        }
    }
    found
}

/// A term of the glossary.
struct Term<'a> {
    spelling: &'a str,
    /// Its letters and digits in lower case.
    letters: String,
    /// How many words it has when every hyphen is a space.
    parts: usize,
}

impl<'a> Term<'a> {
    fn new(spelling: &'a str) -> Option<Self> {
        let letters = letters(spelling);
        let parts = spelling.split([' ', '-', '‑']).count();
        (letters.chars().count() >= LEAST_LETTERS).then_some(Self { spelling, letters, parts })
    }

    /// Returns whether a form is the term's spelling. A capital may begin it at the start of a sentence or in a title.
    /// Capitals count only where the spelling has some beyond its first letter.
    fn allows(&self, form: &str) -> bool {
        if form == self.spelling {
            return true;
        }
        let inner_capitals = self.spelling.chars().skip(1).any(char::is_uppercase);
        !inner_capitals && form.to_lowercase() == self.spelling.to_lowercase()
    }
}

/// Returns each run of words whose letters are those of a term, with the term.
fn forms<'t, 'b>(text: &'t str, longest: usize, terms: &HashMap<&str, &'b Term<'b>>) -> Vec<(&'t str, &'b Term<'b>)> {
    let words: Vec<std::ops::Range<usize>> = word_ranges(text);
    let mut found = Vec::new();
    for first in 0..words.len() {
        for last in first..words.len().min(first + longest) {
            let form = &text[words[first].start..words[last].end];
            if let Some(term) = terms.get(letters(form).as_str()) {
                found.push((form, *term));
            }
        }
    }
    found
}

/// Returns the words between spaces, without the punctuation around them.
fn word_ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
        if !bare.is_empty() {
            let offset = start + (bare.as_ptr() as usize - word.as_ptr() as usize);
            ranges.push(offset..offset + bare.len());
        }
    }
    ranges
}

fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
