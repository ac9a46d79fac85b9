//! Numbers and dates that contradict the canon or another chapter.
//!
//! Two sentences speak of the same fact if they share most of their content words. If they then give different numbers of the same
//! size, one of them is wrong. Sentences with several facts are left alone. Two chapters may speak of two things in the same words, as
//! of two settings that have a default. They contradict each other only where both name the same person, place or thing by its name.

use std::collections::{HashMap, HashSet};

use bindery_text::{language, sentence};

use super::{Book, Finding, FindingKind, folded_words};
use crate::lemma::stop_words;

/// The share of a canon's content words, in percent, that a sentence about the same fact has.
const SHARED_WITH_CANON: usize = 60;

/// The share of all content words of two sentences, in percent, that two sentences about the same fact have in common.
const SHARED_BETWEEN_CHAPTERS: usize = 75;

/// The fewest content words by which two sentences of different chapters are compared.
const LEAST_WORDS: usize = 4;

/// A word in more sentences than this does not tell which fact a sentence speaks of.
const COMMON: usize = 12;

/// Languages in which every noun begins with a capital.
const CAPITAL_NOUNS: &[&str] = &["de", "lb", "gsw", "nds"];

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let stop_words = stop_words::of(&language::primary(&book.text.language));
    let facts: Vec<Fact> = book.prose_sentences().filter_map(|sentence| Fact::of(book, sentence, stop_words)).collect();
    let mut found = against_canon(book, &facts, stop_words);
    found.extend(between_chapters(book, &facts));
    found
}

/// Returns whether a text has a sentence about the same fact as `right` that gives other numbers.
pub(super) fn contradicts_in(text: &str, right: &str, tag: &str) -> bool {
    let stop_words = stop_words::of(&language::primary(tag));
    let content = |text: &str| -> HashSet<String> {
        folded_words(text, tag).into_iter().filter(|word| is_content(word, stop_words)).collect()
    };
    let (known, right_numbers) = (content(right), numbers(right));
    sentence::ranges(text, tag).into_iter().any(|range| {
        let sentence = &text[range];
        is_same(content(sentence).intersection(&known).count(), known.len())
            && contradicts(&numbers(sentence), &right_numbers)
    })
}

/// Returns whether a sentence that shares so many content words with a fact speaks of it.
fn is_same(shared: usize, of: usize) -> bool {
    shared >= 2 && shared * 100 >= of * SHARED_WITH_CANON
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
            let words = folded_words(canon, &book.text.language);
            let content: HashSet<&String> = words.iter().filter(|word| is_content(word, stop_words)).collect();
            if right.is_empty() || content.len() < 2 {
                continue;
            }
            let known: HashSet<u32> =
                content.iter().filter_map(|word| book.numbers.get(word.as_str()).copied()).collect();
            let same = |fact: &&Fact| {
                is_same(fact.words.intersection(&known).count(), content.len()) && contradicts(&fact.numbers, &right)
            };
            found.extend(facts.iter().filter(same).map(|fact| {
                let advice = format!("The book holds to this: {canon} Make the sentence agree with it.");
                Finding { right: canon.to_owned(), ..finding(book, fact.sentence, advice) }
            }));
        }
    }
    found
}

fn between_chapters(book: &Book<'_>, facts: &[Fact]) -> Vec<Finding> {
    let names = Names::of(book);
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
                && names.shared_by(book, fact.sentence, facts[*earlier].sentence)
        };
        if let Some(earlier) = shared.into_iter().filter(same).map(|(earlier, _)| facts[earlier].sentence).min() {
            let (other, right) = (book.text.place(earlier), book.sentence(earlier));
            let advice =
                format!("Chapter {} says: “{right}” Make the two agree, or leave the number out.", other.chapter);
            found.push(Finding { other: Some(other), right, ..finding(book, fact.sentence, advice) });
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

/// The names by which two sentences are known to speak of the same thing.
struct Names {
    /// The names of the plan, in lower case.
    planned: HashSet<String>,
    /// Whether a capital within a sentence shows a name.
    by_capitals: bool,
}

impl Names {
    fn of(book: &Book<'_>) -> Self {
        let planned = book.expected.names.iter().flat_map(|name| folded_words(name, &book.text.language));
        let by_capitals = !CAPITAL_NOUNS.contains(&language::primary(&book.text.language).as_str());
        Self { planned: planned.filter(|word| word.chars().count() > 2).collect(), by_capitals }
    }

    fn shared_by(&self, book: &Book<'_>, one: usize, other: usize) -> bool {
        let (one, other) = (self.within(book, one), self.within(book, other));
        one.intersection(&other).next().is_some()
    }

    /// Returns the names in a sentence, in lower case. Its first word has a capital in any case.
    fn within(&self, book: &Book<'_>, sentence: usize) -> HashSet<String> {
        let text = book.text.text_of(&book.text.sentences[sentence]);
        let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        let is_name = |(nth, word): &(usize, &str)| {
            let capital = self.by_capitals && *nth > 0 && word.starts_with(char::is_uppercase);
            word.chars().count() > 2 && capital || self.planned.contains(&word.to_lowercase())
        };
        words.enumerate().filter(is_name).map(|(_, word)| word.to_lowercase()).collect()
    }
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

/// Returns the numbers of a text, without the marks that group their digits. A decade, as in "the 1870s", is no number.
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
            let number = std::mem::take(&mut digits);
            let decade = char == 's' && number.len() == 4 && !chars.peek().is_some_and(|next| next.is_alphabetic());
            if !decade {
                found.push(number);
            }
        }
    }
    if !digits.is_empty() {
        found.push(digits);
    }
    found
}

fn finding(book: &Book<'_>, sentence: usize, advice: String) -> Finding {
    Finding::new(FindingKind::Contradiction, book.text.place(sentence), book.sentence(sentence), advice)
}
