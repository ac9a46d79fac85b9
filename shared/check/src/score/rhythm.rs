//! How long sentences, paragraphs and chapters are, and how much they differ.

use super::subject::{Measured, Subject, percent, variation};

/// The coefficient of variation of the lengths of sentences in words.
pub(super) fn sentence_variation(subject: &Subject<'_>) -> Measured {
    let lengths = subject.sentences().map(|sentence| subject.sentence(sentence).words.len()).collect::<Vec<_>>();
    if lengths.len() < 50 {
        return Measured::none();
    }
    let Some(value) = variation(lengths.iter().copied()) else { return Measured::none() };
    Measured::of(value).with(flat_runs(subject))
}

/// Finds paragraphs of at least five sentences whose lengths differ by few words.
fn flat_runs(subject: &Subject<'_>) -> Vec<super::Evidence> {
    const SENTENCES: usize = 5;
    const FLAT: f64 = 0.2;

    let mut flat: Vec<(f64, usize)> = Vec::new();
    for paragraph in subject.paragraphs().filter(|paragraph| paragraph.sentences.len() >= SENTENCES) {
        let lengths = paragraph.sentences.clone().map(|sentence| subject.sentence(sentence).words.len());
        if let Some(value) = variation(lengths).filter(|value| *value < FLAT) {
            flat.push((value, paragraph.sentences.start));
        }
    }
    flat.sort_by(|left, right| left.0.total_cmp(&right.0));
    let says = "all sentences of this paragraph have nearly one length";
    flat.iter().take(super::subject::MAX_EVIDENCE).map(|&(_, sentence)| subject.evidence(sentence, says)).collect()
}

/// The mean length of a sentence in words.
pub(super) fn sentence_length(subject: &Subject<'_>) -> Measured {
    let (sentences, words) = subject.sentences().fold((0_usize, 0_usize), |(sentences, words), sentence| {
        (sentences + 1, words + subject.sentence(sentence).words.len())
    });
    if sentences < 50 { Measured::none() } else { Measured::of(words as f64 / sentences as f64) }
}

/// The coefficient of variation of the lengths of paragraphs in words.
pub(super) fn paragraph_variation(subject: &Subject<'_>) -> Measured {
    let lengths: Vec<usize> = subject.paragraphs().map(|paragraph| paragraph.words.len()).collect();
    if lengths.len() < 30 {
        return Measured::none();
    }
    variation(lengths.iter().copied()).map_or_else(Measured::none, Measured::of)
}

/// The coefficient of variation of the lengths of chapters in words.
pub(super) fn chapter_variation(subject: &Subject<'_>) -> Measured {
    let lengths: Vec<usize> =
        (0..subject.book.chapters.len()).map(|chapter| subject.book.words_of(chapter).len()).collect();
    if lengths.len() < 5 {
        return Measured::none();
    }
    variation(lengths.iter().copied()).map_or_else(Measured::none, Measured::of)
}

/// Björnsson's readability index (LIX): words per sentence, and the percentage of words of more than six letters.
pub(super) fn readability(subject: &Subject<'_>) -> Measured {
    let Some(length) = sentence_length(subject).value else { return Measured::none() };
    let (mut words, mut long) = (0, 0);
    for word in subject.sentences().flat_map(|sentence| subject.spelled(subject.sentence(sentence).words.clone())) {
        words += 1;
        long += usize::from(word.chars().count() > 6);
    }
    Measured::of(length + percent(long, words))
}
