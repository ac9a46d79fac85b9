//! How chapters, sections and paragraphs begin and end.

use std::{collections::HashMap, hash::Hash};

use bindery_text::markdown::Kind;

use super::{
    lists::{CLOSING_FORMULAS, CLOSING_HEADINGS, OPENING_FORMULAS},
    subject::{MAX_EVIDENCE, Measured, Subject, percent},
};
use crate::manuscript::Paragraph;

/// The number of words by which openings are compared.
const OPENING: usize = 3;

/// A beginning or an end, by the index of its sentence and what it is compared by.
struct Edge {
    sentence: usize,
    words: Vec<u32>,
}

/// Percent of the chapters that begin with the same three words as another, or with a formula of an introduction.
pub(super) fn chapter_openings(subject: &Subject<'_>) -> Measured {
    let openings: Vec<Edge> = (0..subject.book.chapters.len())
        .filter_map(|chapter| opening(subject, subject.book.paragraphs_of(chapter).iter()))
        .collect();
    if openings.len() < 3 {
        return Measured::none();
    }
    let twice = twice(openings.iter().map(|edge| edge.words.clone()));
    let is_formula = |edge: &&Edge| {
        let words = subject.sentence(edge.sentence).words.clone();
        subject.english && starts_with_any(&subject.spelled(words).take(6).collect::<Vec<_>>(), OPENING_FORMULAS)
    };
    let alike: Vec<&Edge> =
        openings.iter().filter(|edge| twice.contains_key(&edge.words) || is_formula(edge)).collect();
    let evidence = |edge: &&Edge| {
        let says = if is_formula(edge) { "begins with a formula" } else { "begins like another chapter" };
        subject.evidence(edge.sentence, says)
    };
    Measured::of(percent(alike.len(), openings.len())).with(alike.iter().map(evidence))
}

/// Percent of the chapters that end with a formula of a conclusion, or with the same three words as another.
pub(super) fn chapter_endings(subject: &Subject<'_>) -> Measured {
    let endings: Vec<usize> = (0..subject.book.chapters.len())
        .filter_map(|chapter| {
            let paragraphs = subject.book.paragraphs_of(chapter).iter().rev();
            paragraphs.filter(|paragraph| paragraph.is_prose()).find_map(|paragraph| paragraph.sentences.clone().last())
        })
        .collect();
    if endings.len() < 3 {
        return Measured::none();
    }
    let last_words = |sentence: &usize| {
        let words = &subject.book.words[subject.sentence(*sentence).words.clone()];
        words[words.len().saturating_sub(OPENING)..].to_vec()
    };
    let twice = twice(endings.iter().map(last_words));
    let concludes = |sentence: &&usize| {
        subject.english && concludes(subject, subject.book.chapter_of(subject.sentence(**sentence).paragraph))
    };
    let alike: Vec<&usize> =
        endings.iter().filter(|sentence| twice.contains_key(&last_words(sentence)) || concludes(sentence)).collect();
    let evidence = |sentence: &&usize| {
        let says =
            if concludes(sentence) { "ends with a formula of a conclusion" } else { "ends like another chapter" };
        subject.evidence(**sentence, says)
    };
    Measured::of(percent(alike.len(), endings.len())).with(alike.iter().map(evidence))
}

/// Returns whether a chapter ends with a heading or a sentence that announces its conclusion.
fn concludes(subject: &Subject<'_>, chapter: usize) -> bool {
    /// The paragraphs at the end in which a conclusion is looked for.
    const PARAGRAPHS: usize = 4;

    let sections = &subject.book.sections[subject.book.chapters[chapter].sections.clone()];
    let is_closing = |heading: &str| {
        let heading = heading.to_lowercase();
        CLOSING_HEADINGS.iter().any(|formula| heading.trim_matches(|char: char| !char.is_alphanumeric()) == *formula)
    };
    let paragraphs = subject.book.paragraphs_of(chapter);
    let last_heading = paragraphs.iter().rev().find(|block| matches!(block.kind, Kind::Heading(_)));
    let headings = sections.last().map(|section| section.heading.as_str()).into_iter();
    if headings.chain(last_heading.map(|block| block.text.as_str())).any(is_closing) {
        return true;
    }
    let last = paragraphs.iter().rev().filter(|paragraph| paragraph.is_prose()).take(PARAGRAPHS);
    let mut sentences = last.flat_map(|paragraph| paragraph.sentences.clone());
    sentences.any(|sentence| {
        let words: Vec<&str> = subject.spelled(subject.sentence(sentence).words.clone()).take(6).collect();
        starts_with_any(&words, CLOSING_FORMULAS)
    })
}

/// Percent of the sections that begin with the same three words as another section of the book.
pub(super) fn section_openings(subject: &Subject<'_>) -> Measured {
    let book = subject.book;
    let sections = book.sections.iter().filter(|section| section.words.len() > 50);
    let openings: Vec<Edge> =
        sections.filter_map(|section| opening(subject, book.paragraphs[section.paragraphs.clone()].iter())).collect();
    if openings.len() < 10 {
        return Measured::none();
    }
    alike_edges(subject, &openings, "begins like another section")
}

/// Percent of the paragraphs of at least twenty words that begin with the same three words as another in their chapter.
pub(super) fn paragraph_openings(subject: &Subject<'_>) -> Measured {
    const LONG: usize = 20;

    let (mut all, mut alike, mut evidence) = (0, 0, Vec::new());
    for chapter in 0..subject.book.chapters.len() {
        let paragraphs = subject.book.paragraphs_of(chapter).iter();
        let long =
            paragraphs.filter(|block| block.is_prose() && block.kind == Kind::Paragraph && block.words.len() >= LONG);
        let openings: Vec<Edge> = long.filter_map(|paragraph| opening(subject, std::iter::once(paragraph))).collect();
        let twice = twice(openings.iter().map(|edge| edge.words.clone()));
        let found = openings.iter().filter(|edge| twice.contains_key(&edge.words));
        all += openings.len();
        for edge in found {
            alike += 1;
            if evidence.len() < MAX_EVIDENCE {
                evidence.push(subject.evidence(edge.sentence, "begins like another paragraph of its chapter"));
            }
        }
    }
    if all < 30 { Measured::none() } else { Measured::of(percent(alike, all)).with(evidence) }
}

fn alike_edges(subject: &Subject<'_>, openings: &[Edge], says: &str) -> Measured {
    let twice = twice(openings.iter().map(|edge| edge.words.clone()));
    let alike: Vec<&Edge> = openings.iter().filter(|edge| twice.contains_key(&edge.words)).collect();
    Measured::of(percent(alike.len(), openings.len()))
        .with(alike.iter().map(|edge| subject.evidence(edge.sentence, says)))
}

/// Percent of the headings below chapters that stand in the book more than once.
pub(super) fn repeated_headings(subject: &Subject<'_>) -> Measured {
    let book = subject.book;
    let of_sections = book.sections.iter().map(|section| section.heading.to_lowercase());
    let inner = book.paragraphs.iter().filter(|block| matches!(block.kind, Kind::Heading(_)));
    let headings: Vec<String> = of_sections
        .chain(inner.map(|block| block.text.to_lowercase()))
        .filter(|heading| !heading.trim().is_empty())
        .collect();
    if headings.len() < 10 {
        return Measured::none();
    }
    let twice = twice(headings.iter());
    Measured::of(percent(headings.iter().filter(|heading| twice.contains_key(heading)).count(), headings.len()))
}

/// Returns the first sentence of running text, and its first words.
fn opening<'a>(subject: &Subject<'_>, mut paragraphs: impl Iterator<Item = &'a Paragraph>) -> Option<Edge> {
    let paragraph = paragraphs.find(|paragraph| paragraph.is_prose() && !paragraph.words.is_empty())?;
    let words = subject.book.words[paragraph.words.clone()].iter().copied().take(OPENING).collect();
    Some(Edge { sentence: paragraph.sentences.start, words })
}

/// Returns what occurs more than once.
fn twice<T: Eq + Hash>(items: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    counts.retain(|_, count| *count > 1);
    counts
}

/// Returns whether the words begin with one of the formulas.
fn starts_with_any(words: &[&str], formulas: &[&str]) -> bool {
    formulas.iter().any(|formula| {
        let formula: Vec<&str> = formula.split(' ').collect();
        words.starts_with(&formula)
    })
}
