//! Numbers and dates that contradict the canon or another chapter.
//!
//! Two sentences speak of the same fact if they share most of their content words. If they then give different numbers of the same
//! size, one of them is wrong. Sentences with several facts are left alone.

use std::collections::{HashMap, HashSet};

use bindery_text::{language, sentence};

use super::{Book, Finding, FindingKind};
use crate::lemma::stop_words;

/// The share of a canon's content words, in percent, that a sentence about the same fact has.
const SHARED_WITH_CANON: usize = 60;

/// The share of all content words of two sentences, in percent, that two sentences about the same fact have in common.
const SHARED_BETWEEN_CHAPTERS: usize = 75;

/// The fewest content words by which two sentences of different chapters are compared.
const LEAST_WORDS: usize = 4;

/// A word in more sentences than this does not tell which fact a sentence speaks of.
const COMMON: usize = 12;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let stop_words = stop_words::of(&language::primary(&book.text.language));
    let facts: Vec<Fact> = book.prose_sentences().filter_map(|sentence| Fact::of(book, sentence, stop_words)).collect();
    let mut found = against_canon(book, &facts, stop_words);
    found.extend(between_chapters(book, &facts));
    found
}

/// A sentence of the book with a number.
struct Fact {
    sentence: usize,
    words: HashSet<u32>,
    numbers: Vec<String>,
}

impl Fact {
    fn of(book: &Book<'_>, sentence: usize, stop_words: &HashSet<&'static str>) -> Option<Self> {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        let numbers = numbers(text);
        if numbers.is_empty() {
            return None;
        }
        let content = |word: &&u32| is_content(book.text.word(**word), stop_words);
        Some(Self { sentence, words: book.words(sentence).iter().filter(content).copied().collect(), numbers })
    }
}

fn is_content(word: &str, stop_words: &HashSet<&'static str>) -> bool {
    word.chars().count() > 2 && !stop_words.contains(word) && !word.contains(|char: char| char.is_ascii_digit())
}

fn against_canon(book: &Book<'_>, facts: &[Fact], stop_words: &HashSet<&'static str>) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in book.expected.canon {
        for range in sentence::ranges(line, &book.text.language) {
            let canon = line[range].trim();
            let right = numbers(canon);
            let words = super::folded_words(canon, &book.text.language);
            let content: HashSet<&String> = words.iter().filter(|word| is_content(word, stop_words)).collect();
            if right.is_empty() || content.len() < 2 {
                continue;
            }
            let known: HashSet<u32> =
                content.iter().filter_map(|word| book.numbers.get(word.as_str()).copied()).collect();
            let same = |fact: &&Fact| {
                let shared = fact.words.intersection(&known).count();
                shared >= 2 && shared * 100 >= content.len() * SHARED_WITH_CANON && contradicts(&fact.numbers, &right)
            };
            found.extend(facts.iter().filter(same).map(|fact| {
                let advice = format!("The book holds to this: {canon} Make the sentence agree with it.");
                finding(book, fact.sentence, None, advice)
            }));
        }
    }
    found
}

fn between_chapters(book: &Book<'_>, facts: &[Fact]) -> Vec<Finding> {
    let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (nth, fact) in facts.iter().enumerate() {
        if fact.words.len() < LEAST_WORDS || fact.numbers.len() > 1 {
            continue;
        }
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for earlier in fact.words.iter().filter_map(|word| holders.get(word)).flatten() {
            *shared.entry(*earlier).or_default() += 1;
        }
        let same = |(earlier, shared): &(usize, usize)| {
            let either = fact.words.len() + facts[*earlier].words.len() - shared;
            shared * 100 >= either * SHARED_BETWEEN_CHAPTERS
                && contradicts(&fact.numbers, &facts[*earlier].numbers)
                && chapter(book, fact.sentence) != chapter(book, facts[*earlier].sentence)
        };
        if let Some(earlier) = shared.into_iter().filter(same).map(|(earlier, _)| facts[earlier].sentence).min() {
            let other = book.text.place(earlier);
            let advice = format!(
                "Chapter {} says: “{}” Make the two agree, or leave the number out.",
                other.chapter,
                book.sentence(earlier)
            );
            found.push(finding(book, fact.sentence, Some(earlier), advice));
        }
        for word in &fact.words {
            let holders = holders.entry(*word).or_default();
            if holders.len() < COMMON {
                holders.push(nth);
            }
        }
    }
    found
}

fn chapter(book: &Book<'_>, sentence: usize) -> usize {
    book.text.chapter_of(book.text.sentences[sentence].paragraph)
}

/// Returns whether a text that gives `found` contradicts one that gives `right`: it has none of the right numbers, and one as
/// long as a right one.
fn contradicts(found: &[String], right: &[String]) -> bool {
    let as_long = |number: &String| right.iter().any(|right| right.len() == number.len());
    !found.iter().any(|number| right.contains(number)) && found.iter().any(as_long)
}

/// Returns the numbers of a text, without the marks that group their digits.
pub(super) fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut digits = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char.is_ascii_digit() {
            digits.push(char);
            continue;
        }
        let groups =
            matches!(char, ',' | '.' | '’' | '\u{202f}' | '\u{a0}') && chars.peek().is_some_and(char::is_ascii_digit);
        if !digits.is_empty() && !groups {
            found.push(std::mem::take(&mut digits));
        }
    }
    if !digits.is_empty() {
        found.push(digits);
    }
    found
}

fn finding(book: &Book<'_>, sentence: usize, other: Option<usize>, advice: String) -> Finding {
    Finding {
        kind: FindingKind::Contradiction,
        place: book.text.place(sentence),
        quote: book.sentence(sentence),
        other: other.map(|other| book.text.place(other)),
        advice,
        round: None,
    }
}
