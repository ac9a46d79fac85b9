//! Passages that stand twice, and sentences that are nearly the same in two sections.
//!
//! One place keeps what stands in several: the one whose chapter is to make the point of it, or else the first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use super::{Book, Finding, FindingKind};
use crate::{
    lemma::Lemmatizer,
    manuscript::Place,
    shingles::{Repeat, Shingles, alike_sentences, repeats},
};

/// A shorter passage is often a refrain or a saying.
const LEAST_WORDS: usize = 16;

/// A sentence of fewer words is alike by chance.
const LEAST_WORDS_OF_SENTENCE: usize = 12;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut found = passages(book);
    found.extend(sentences(book, &found));
    found
}

/// A place of a passage that stands in several.
struct Copy {
    words: Range<usize>,
    place: Place,
}

fn passages(book: &Book<'_>) -> Vec<Finding> {
    let shingles = Shingles::of(&book.text);
    let mut found = Vec::new();
    let repeats = repeats(&book.text, &shingles, LEAST_WORDS).into_iter();
    let elsewhere =
        repeats.filter(|repeat| section(&repeat.first_place(&book.text)) != section(&repeat.again_place(&book.text)));
    for copies in copies(book, elsewhere) {
        let owner =
            (0..copies.len()).max_by_key(|at| (own_words(book, &copies[*at]), Reverse(*at))).unwrap_or_default();
        let keeper = copies[owner].place.clone();
        for copy in copies.iter().filter(|copy| section(&copy.place) != section(&keeper)) {
            let first = book.text.sentence_of_word(copy.words.start);
            found.push(finding(book, first, text_of(book, &copy.words), keeper.clone()));
        }
    }
    found
}

fn section(place: &Place) -> (u32, u32) {
    (place.chapter, place.section)
}

/// Returns all places of each passage. Two passages whose first places overlap are one.
fn copies(book: &Book<'_>, repeats: impl Iterator<Item = Repeat>) -> Vec<Vec<Copy>> {
    let mut by_first: BTreeMap<usize, Vec<Repeat>> = BTreeMap::new();
    for repeat in repeats {
        by_first.entry(repeat.first.start).or_default().push(repeat);
    }
    let mut groups: Vec<Vec<Copy>> = Vec::new();
    let copy = |words: Range<usize>| Copy { place: book.text.place_of_word(words.start), words };
    for repeat in by_first.into_values().flatten() {
        match groups.last_mut().filter(|group| repeat.first.start < group[0].words.end) {
            Some(group) => {
                group[0].words.end = group[0].words.end.max(repeat.first.end);
                group.push(copy(repeat.again));
            }
            None => groups.push(vec![copy(repeat.first), copy(repeat.again)]),
        }
    }
    groups
}

/// Returns how many of a passage's words stand in the points that its chapter is to make.
fn own_words(book: &Book<'_>, copy: &Copy) -> usize {
    let plan = book.expected.chapters.iter().find(|plan| plan.chapter == copy.place.chapter);
    let Some(plan) = plan else { return 0 };
    let lemmas = |text: &str| Lemmatizer::new(&book.text.language).of_point(text).into_iter();
    let points: HashSet<String> = lemmas(&plan.points.join("\n")).collect();
    lemmas(&text_of(book, &copy.words)).filter(|lemma| points.contains(lemma)).count()
}

/// Returns the sentences that hold a passage.
fn text_of(book: &Book<'_>, words: &Range<usize>) -> String {
    let first = book.text.sentence_of_word(words.start);
    let last = book.text.sentence_of_word(words.end - 1);
    let sentences: Vec<String> = (first..=last).map(|sentence| book.sentence(sentence)).collect();
    sentences.join(" ")
}

/// Finds sentences that are nearly the same, unless they stand in a passage that was found.
fn sentences(book: &Book<'_>, passages: &[Finding]) -> Vec<Finding> {
    let mut found = Vec::new();
    for alike in alike_sentences(&book.text) {
        let (place, other) = (book.text.place(alike.again), book.text.place(alike.first));
        let short = book.words(alike.again).len() < LEAST_WORDS_OF_SENTENCE;
        let quote = book.sentence(alike.again);
        let earlier = book.sentence(alike.first);
        let in_passage = |quote: &str| passages.iter().any(|passage| passage.quote.contains(quote));
        if short || section(&place) == section(&other) || in_passage(&quote) || in_passage(&earlier) {
            continue;
        }
        found.push(finding(book, alike.again, quote, other));
    }
    found
}

fn finding(book: &Book<'_>, sentence: usize, quote: String, keeper: Place) -> Finding {
    let advice = format!(
        "Chapter {}, section {}, says the same in the same words and keeps it. Leave it out here, or say what is new.",
        keeper.chapter, keeper.section
    );
    let place = book.text.place(sentence);
    Finding { other: Some(keeper), ..Finding::new(FindingKind::Repeat, place, quote, advice) }
}
