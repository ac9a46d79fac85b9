//! Sections in which the words and phrases that models prefer stand close together. The lists are English.

use std::{
    collections::{BTreeSet, HashSet},
    sync::LazyLock,
};

use bindery_text::language;

use super::{Book, Finding, FindingKind, folded_words};
use crate::score::{SLOP_PHRASES, SLOP_WORDS};

/// The fewest different words and phrases of the lists that make a section one of them.
const LEAST: usize = 5;

/// How many of them stand in a thousand words of such a section. Printed books have less than 1.
const PER_THOUSAND: usize = 12;

static LISTED: LazyLock<HashSet<&str>> = LazyLock::new(|| SLOP_WORDS.iter().copied().collect());

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    if language::primary(&book.text.language) != "en" {
        return Vec::new();
    }
    let mut found = Vec::new();
    for section in &book.text.sections {
        let paragraphs =
            book.text.paragraphs[section.paragraphs.clone()].iter().filter(|paragraph| paragraph.is_prose());
        let words: Vec<&str> = paragraphs
            .flat_map(|paragraph| &book.text.words[paragraph.words.clone()])
            .map(|word| book.text.word(*word))
            .collect();
        let (count, told) = preferred(&words);
        if told.len() < LEAST || count * 1_000 < words.len() * PER_THOUSAND {
            continue;
        }
        let Some(sentence) = book.first_sentence(section) else { continue };
        let quote = told.into_iter().collect::<Vec<_>>().join(", ");
        let advice =
            "These words and phrases stand close together in texts of models. Say most of it in plainer words.";
        found.push(Finding::new(FindingKind::Slop, book.text.place(sentence), quote, advice.to_owned()));
    }
    found
}

/// Returns whether most of the quoted words are gone from a text.
pub(super) fn is_thinned(quote: &str, text: &str, tag: &str) -> bool {
    let words = folded_words(text, tag);
    let (_, left) = preferred(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let told: Vec<&str> = quote.split(", ").collect();
    told.iter().filter(|word| left.contains(**word)).count() * 2 < told.len()
}

/// Returns how many words and phrases of the lists a text has, and which.
fn preferred<'w>(words: &[&'w str]) -> (usize, BTreeSet<&'w str>) {
    let listed = words.iter().filter(|word| LISTED.contains(*word));
    let mut count = listed.clone().count();
    let mut told: BTreeSet<&str> = listed.copied().collect();
    for phrase in SLOP_PHRASES {
        let parts: Vec<&str> = phrase.split(' ').collect();
        let times = words.windows(parts.len()).filter(|window| *window == parts.as_slice()).count();
        count += times;
        if times > 0 {
            told.insert(phrase);
        }
    }
    (count, told)
}
