//! Words and phrases that give a text away. The lists are English.

use std::collections::HashMap;

use super::{
    lists::{SLOP_PHRASES, SLOP_WORDS, TRANSITIONS},
    subject::{MAX_EVIDENCE, Measured, Subject, percent},
};

/// Words that models prefer, per thousand words.
pub(super) fn slop_words(subject: &Subject<'_>) -> Measured {
    listed(subject, SLOP_WORDS)
}

/// Phrases that models prefer, per thousand words.
pub(super) fn slop_phrases(subject: &Subject<'_>) -> Measured {
    listed(subject, SLOP_PHRASES)
}

/// Percent of the sentences that begin with a transition.
pub(super) fn transitions(subject: &Subject<'_>) -> Measured {
    if !subject.english {
        return Measured::none();
    }
    let phrases = Phrases::new(subject, TRANSITIONS);
    let begins = |sentence: &usize| phrases.at(subject, subject.sentence(*sentence).words.start).is_some();
    let sentences: Vec<usize> = subject.sentences().collect();
    let found: Vec<usize> = sentences.iter().copied().filter(begins).collect();
    if sentences.len() < 50 { Measured::none() } else { Measured::of(percent(found.len(), sentences.len())) }
}

/// Counts the phrases of a list, and finds the sentences that hold most of them.
fn listed(subject: &Subject<'_>, list: &'static [&'static str]) -> Measured {
    if !subject.english {
        return Measured::none();
    }
    let phrases = Phrases::new(subject, list);
    let (mut count, mut sentences) = (0, Vec::new());
    for sentence in subject.book.prose().flat_map(|paragraph| paragraph.sentences.clone()) {
        let words = subject.sentence(sentence).words.clone();
        let found: Vec<&str> = words.filter_map(|word| phrases.at(subject, word)).collect();
        count += found.len();
        if !found.is_empty() {
            sentences.push((sentence, found));
        }
    }
    sentences.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
    let evidence =
        |(sentence, found): &(usize, Vec<&str>)| subject.evidence(*sentence, format!("“{}”", found.join("”, “")));
    subject.per_thousand(count).with(sentences.iter().take(MAX_EVIDENCE).map(evidence))
}

/// A list of phrases, each of one word or more, ready to be looked for in a book.
struct Phrases {
    /// The phrases by their first word. A phrase with a word that the book does not have is left out.
    by_first: HashMap<u32, Vec<Phrase>>,
}

struct Phrase {
    text: &'static str,
    words: Vec<u32>,
}

impl Phrases {
    fn new(subject: &Subject<'_>, list: &[&'static str]) -> Self {
        let numbers: HashMap<&str, u32> =
            (0..).zip(&subject.book.vocabulary).map(|(number, word)| (&**word, number)).collect();
        let mut by_first: HashMap<u32, Vec<Phrase>> = HashMap::new();
        for &text in list {
            // The book's words are divided at hyphens.
            let words: Option<Vec<u32>> = text.split([' ', '-']).map(|word| numbers.get(word).copied()).collect();
            if let Some(words) = words {
                by_first.entry(words[0]).or_default().push(Phrase { text, words });
            }
        }
        Self { by_first }
    }

    /// Returns the phrase that begins with the word at `start`.
    fn at(&self, subject: &Subject<'_>, start: usize) -> Option<&'static str> {
        let phrases = self.by_first.get(&subject.book.words[start])?;
        let phrase = phrases.iter().find(|phrase| subject.book.words[start..].starts_with(&phrase.words))?;
        Some(phrase.text)
    }
}
