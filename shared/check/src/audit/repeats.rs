//! Passages that stand twice, and sentences that are nearly the same in two sections.

use super::{Book, Finding, FindingKind};
use crate::shingles::{Shingles, alike_sentences, repeats};

/// A shorter passage is often a refrain or a saying.
const LEAST_WORDS: usize = 16;

/// A sentence of fewer words is alike by chance.
const LEAST_WORDS_OF_SENTENCE: usize = 12;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut found = passages(book);
    found.extend(sentences(book, &found));
    found
}

fn passages(book: &Book<'_>) -> Vec<Finding> {
    let shingles = Shingles::of(&book.text);
    let mut found = Vec::new();
    for repeat in repeats(&book.text, &shingles, LEAST_WORDS) {
        let place = repeat.again_place(&book.text);
        let other = repeat.first_place(&book.text);
        if (place.chapter, place.section) == (other.chapter, other.section) {
            continue;
        }
        let first = book.text.sentence_of_word(repeat.again.start);
        let last = book.text.sentence_of_word(repeat.again.end - 1);
        let quote: Vec<String> = (first..=last).map(|sentence| book.sentence(sentence)).collect();
        found.push(finding(book, first, quote.join(" "), other));
    }
    found
}

/// Finds sentences that are nearly the same, unless they stand in a passage that was found.
fn sentences(book: &Book<'_>, passages: &[Finding]) -> Vec<Finding> {
    let mut found = Vec::new();
    for alike in alike_sentences(&book.text) {
        let (place, other) = (book.text.place(alike.again), book.text.place(alike.first));
        let short = book.words(alike.again).len() < LEAST_WORDS_OF_SENTENCE;
        let near = (place.chapter, place.section) == (other.chapter, other.section);
        let quote = book.sentence(alike.again);
        if short || near || passages.iter().any(|passage| passage.quote.contains(&quote)) {
            continue;
        }
        found.push(finding(book, alike.again, quote, other));
    }
    found
}

fn finding(book: &Book<'_>, sentence: usize, quote: String, other: crate::manuscript::Place) -> Finding {
    let advice = format!(
        "Chapter {}, section {}, says the same in the same words and keeps it. Leave it out here, or say what is new.",
        other.chapter, other.section
    );
    Finding {
        kind: FindingKind::Repeat,
        place: book.text.place(sentence),
        quote,
        other: Some(other),
        advice,
        round: None,
    }
}
