//! Names that differ by a letter from a name of the plan: of its canon, its terms, its characters and its places.

use std::collections::HashSet;

use bindery_text::language;

use super::{Book, Finding, FindingKind};
use crate::lemma::stop_words;

/// Shorter names differ by a letter from many others.
const LEAST_LETTERS: usize = 5;

/// Languages in which a name has no cases, and in which only names begin with a capital.
const WITHOUT_CASES: &[&str] = &["en", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "nn", "no", "ca", "gl"];

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let primary = language::primary(&book.text.language);
    if !WITHOUT_CASES.contains(&primary.as_str()) {
        return Vec::new();
    }
    let stop_words = stop_words::of(&primary);
    let expected = book.expected;
    let planned = expected.canon.iter().chain(expected.terms).chain(expected.names);
    let mut names: Vec<&str> = planned.flat_map(|line| capitalised(line)).collect();
    names.retain(|name| !stop_words.contains(name.to_lowercase().as_str()));
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Vec::new();
    }
    // What the author writes is no slip.
    let known: HashSet<&str> = names.iter().copied().chain(capitalised(expected.given)).collect();
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        for word in capitalised(text).skip_while(|word| text.trim_start().starts_with(word)) {
            if let Some(name) = names.iter().find(|name| is_slip(word, name, &known)) {
                let advice = format!("The book spells this name “{name}”.");
                found.push(Finding::new(FindingKind::Name, book.text.place(sentence), word.to_owned(), advice));
            }
        }
    }
    found
}

/// Returns the words of a text that begin with a capital and have enough letters for a name.
fn capitalised(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphabetic())
        .filter(|word| word.starts_with(char::is_uppercase) && word.chars().count() >= LEAST_LETTERS)
}

/// Returns whether a word is a name with one letter changed, added or left out. A plural or a genitive is not.
fn is_slip(word: &str, name: &str, known: &HashSet<&str>) -> bool {
    let form = |long: &str, short: &str| long.strip_suffix('s').or_else(|| long.strip_suffix('n')) == Some(short);
    word.chars().next() == name.chars().next()
        && !known.contains(word)
        && !form(word, name)
        && !form(name, word)
        && word.to_lowercase() != name.to_lowercase()
        && strsim::levenshtein(word, name) == 1
}
