//! References to chapters that there are not, or that say nothing of what they are named for.

use std::collections::HashSet;

use bindery_text::language;

use super::{Book, Finding, FindingKind};
use crate::lemma::stop_words;

/// The word for a chapter, by language.
const CHAPTER: &[(&str, &[&str])] = &[
    ("en", &["chapter"]),
    ("de", &["kapitel"]),
    ("fr", &["chapitre"]),
    ("es", &["capítulo"]),
    ("it", &["capitolo"]),
    ("pt", &["capítulo"]),
    ("nl", &["hoofdstuk"]),
    ("sv", &["kapitel"]),
];

/// A sentence with fewer content words does not say what it names a chapter for.
const LEAST_WORDS: usize = 3;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let primary = language::primary(&book.text.language);
    let Some((_, names)) = CHAPTER.iter().find(|(tag, _)| *tag == primary) else { return Vec::new() };
    let names: Vec<u32> = names.iter().filter_map(|name| book.numbers.get(*name).copied()).collect();
    let stop_words = stop_words::of(&primary);
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        for pair in book.words(sentence).windows(2) {
            let [name, number] = pair else { continue };
            let number = book.text.word(*number).parse::<u32>().ok().filter(|_| names.contains(name));
            if let Some(advice) = number.and_then(|number| fault(book, sentence, number, stop_words)) {
                found.push(Finding {
                    kind: FindingKind::Reference,
                    place: book.text.place(sentence),
                    quote: book.sentence(sentence),
                    other: None,
                    advice,
                    round: None,
                });
            }
        }
    }
    found
}

/// Returns what is wrong with a reference, if anything is.
fn fault(book: &Book<'_>, sentence: usize, number: u32, stop_words: &HashSet<&'static str>) -> Option<String> {
    let Some(chapter) = book.chapter_shown_as(number) else {
        return Some(format!("The book has no chapter {number}. Take the reference out."));
    };
    if book.text.chapter_of(book.text.sentences[sentence].paragraph) == chapter {
        return None;
    }
    let content = |word: &&u32| {
        let word = book.text.word(**word);
        word.chars().count() > 3
            && !stop_words.contains(word)
            && !CHAPTER.iter().any(|(_, names)| names.contains(&word))
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
