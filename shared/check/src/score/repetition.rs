//! What the book says again.

use std::{collections::HashMap, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};

use super::{
    Evidence,
    subject::{Measured, Subject},
};
use crate::shingles::{Repeat, Shingles, alike_sentences, repeats};

/// The fewest words of a passage that is named.
const NAMED_PASSAGE: usize = 12;

/// Percent of the runs of eight words that also stand in another chapter.
pub(super) fn across_chapters(subject: &Subject<'_>) -> Measured {
    if subject.book.chapters.len() < 2 || !subject.is_long() {
        return Measured::none();
    }
    let chapter = |word| subject.book.chapter_of(subject.sentence(subject.book.sentence_of_word(word)).paragraph);
    let across = passages(subject, |repeat| chapter(repeat.first.start) != chapter(repeat.again.start));
    Measured::of(subject.shingles.across_chapters().percent()).with(across)
}

/// Percent of the runs of five words that stand more than once in their own chapter.
pub(super) fn within_chapters(subject: &Subject<'_>) -> Measured {
    if !subject.is_long() {
        return Measured::none();
    }
    let chapter = |word| subject.book.chapter_of(subject.sentence(subject.book.sentence_of_word(word)).paragraph);
    let within = passages(subject, |repeat| chapter(repeat.first.start) == chapter(repeat.again.start));
    let overlap = Shingles::with_length(subject.book, 5).within_chapters(subject.book);
    Measured::of(overlap.percent()).with(within)
}

/// Returns the longest passages that stand twice.
fn passages(subject: &Subject<'_>, wanted: impl Fn(&Repeat) -> bool) -> Vec<Evidence> {
    let mut found = repeats(subject.book, &subject.shingles, NAMED_PASSAGE);
    found.retain(wanted);
    found.sort_by_key(|repeat| std::cmp::Reverse(repeat.words()));
    let evidence = |repeat: &Repeat| Evidence {
        place: repeat.again_place(subject.book),
        says: format!("{} words already stand in {}", repeat.words(), short(&repeat.first_place(subject.book))),
    };
    found.iter().take(super::subject::MAX_EVIDENCE).map(evidence).collect()
}

fn short(place: &crate::manuscript::Place) -> String {
    format!("chapter {}, section {}, paragraph {}", place.chapter, place.section, place.paragraph)
}

/// Sentences of at least eight words that are nearly the same as one in another chapter, per thousand sentences.
pub(super) fn near_sentences(subject: &Subject<'_>) -> Measured {
    let all = subject.book.prose().map(|paragraph| paragraph.sentences.len()).sum::<usize>();
    if subject.book.chapters.len() < 2 || all < 50 {
        return Measured::none();
    }
    let alike: Vec<_> = alike_sentences(subject.book).into_iter().filter(|alike| alike.across).collect();
    let evidence = |alike: &crate::shingles::AlikeSentences| {
        subject.evidence(alike.again, format!("nearly the same as in {}", short(&subject.book.place(alike.first))))
    };
    Measured::of(alike.len() as f64 * 1_000.0 / all as f64).with(alike.iter().map(evidence))
}

/// How many times smaller zlib makes the text, on slices of 30,000 bytes each.
pub(super) fn compression(subject: &Subject<'_>) -> Measured {
    const SLICE: usize = 30_000;

    let (mut slice, mut whole, mut packed) = (Vec::with_capacity(SLICE), 0, 0);
    for paragraph in subject.book.prose() {
        slice.extend_from_slice(paragraph.text.as_bytes());
        slice.push(b'\n');
        if slice.len() >= SLICE {
            whole += slice.len();
            packed += packed_length(&slice);
            slice.clear();
        }
    }
    if packed == 0 { Measured::none() } else { Measured::of(whole as f64 / packed as f64) }
}

fn packed_length(bytes: &[u8]) -> usize {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    // A vector takes every byte.
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map_or(bytes.len(), |packed| packed.len())
}

/// Percent of different words in a moving window of 500 words (MATTR).
pub(super) fn lexical_diversity(subject: &Subject<'_>) -> Measured {
    const WINDOW: usize = 500;

    let words: Vec<u32> = subject
        .book
        .prose()
        .flat_map(|paragraph| subject.book.words[paragraph.words.clone()].iter().copied())
        .collect();
    if words.len() < 2 * WINDOW {
        return Measured::none();
    }
    let mut counts: HashMap<u32, usize> = HashMap::new();
    let (mut distinct, mut sum) = (0_usize, 0_usize);
    for (index, &word) in words.iter().enumerate() {
        let count = counts.entry(word).or_default();
        distinct += usize::from(*count == 0);
        *count += 1;
        if index >= WINDOW
            && let Some(count) = counts.get_mut(&words[index - WINDOW])
        {
            *count -= 1;
            distinct -= usize::from(*count == 0);
        }
        if index + 1 >= WINDOW {
            sum += distinct;
        }
    }
    Measured::of(sum as f64 * 100.0 / ((words.len() - WINDOW + 1) * WINDOW) as f64)
}
