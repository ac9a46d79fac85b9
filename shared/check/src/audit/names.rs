//! Names that differ by a letter from a name of the canon.

use std::collections::HashSet;

use bindery_text::language;

use super::{Book, Finding, FindingKind};

/// Shorter names differ by a letter from many others.
const LEAST_LETTERS: usize = 5;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    // In German every noun has a capital.
    if language::primary(&book.text.language) == "de" {
        return Vec::new();
    }
    let given = book.expected.canon.iter().chain(book.expected.terms);
    let names: HashSet<&str> = given.flat_map(|line| capitalised(line)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        for word in capitalised(text).skip_while(|word| text.trim_start().starts_with(word)) {
            if let Some(name) = names.iter().find(|name| is_slip(word, name, &names)) {
                found.push(Finding {
                    kind: FindingKind::Name,
                    place: book.text.place(sentence),
                    quote: word.to_owned(),
                    other: None,
                    advice: format!("The book spells this name “{name}”."),
                    round: None,
                });
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
fn is_slip(word: &str, name: &str, names: &HashSet<&str>) -> bool {
    let form = |long: &str, short: &str| long.strip_suffix('s').or_else(|| long.strip_suffix('n')) == Some(short);
    word.chars().next() == name.chars().next()
        && !names.contains(word)
        && !form(word, name)
        && !form(name, word)
        && word.to_lowercase() != name.to_lowercase()
        && strsim::levenshtein(word, name) == 1
}
