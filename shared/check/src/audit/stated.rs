//! Facts that chapters state differently, by the lists that a model has made of them.
//!
//! A list says whom or what a fact is about, what of it is stated, and its value. Two facts about the same thing differ if they give
//! other numbers, or have no word in common. Words cannot tell more: "grey" and "the colour of ash" may be the same, so a judge has
//! the last word before anything is mended.

use std::collections::{BTreeSet, HashMap, HashSet};

use bindery_text::language;
use serde::{Deserialize, Serialize};

use super::{Book, Finding, FindingKind, facts::numbers, folded_words};
use crate::lemma::stop_words;

/// The most facts about one thing with which a later one is compared.
const COMMON: usize = 12;

/// A fact that a chapter states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedFact {
    /// Whom or what it is about.
    pub about: String,
    /// What of it is stated, such as "age".
    pub what: String,
    /// What the chapter says it is.
    pub value: String,
    /// The sentence of the chapter.
    pub quote: String,
}

/// The facts that a chapter states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChapterFacts {
    /// The chapter's number.
    pub chapter: u32,
    /// Its facts, in the order of the list.
    pub facts: Vec<StatedFact>,
}

/// A fact whose sentence stands in the book, in words that can be compared.
struct Located {
    chapter: u32,
    sentence: usize,
    what: BTreeSet<String>,
    value: BTreeSet<String>,
    numbers: Vec<String>,
}

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut by_subject: HashMap<BTreeSet<String>, Vec<Located>> = HashMap::new();
    let mut found = Vec::new();
    let sentences = sentences_by_chapter(book);
    for list in book.expected.stated {
        let Some(sentences) = sentences.get(&list.chapter) else { continue };
        for fact in &list.facts {
            let (about, located) = (content(book, &fact.about), Located::of(book, list.chapter, sentences, fact));
            let Some(located) = located.filter(|_| !about.is_empty()) else { continue };
            let known = by_subject.entry(about).or_default();
            if let Some(earlier) = known.iter().find(|earlier| earlier.differs_from(&located)) {
                found.push(finding(book, earlier, &located));
            }
            if known.len() < COMMON {
                known.push(located);
            }
        }
    }
    found
}

impl Located {
    /// Finds the sentence of a fact. A fact whose words do not stand in its chapter, such as one of a text that was mended since, is
    /// left out.
    fn of(book: &Book<'_>, chapter: u32, sentences: &[usize], fact: &StatedFact) -> Option<Self> {
        let quote = book.phrase(&fact.quote)?;
        let holds = |sentence: &&usize| {
            let words = book.words(**sentence);
            let (longer, shorter) = if words.len() < quote.len() { (&*quote, words) } else { (words, &*quote) };
            !shorter.is_empty() && longer.windows(shorter.len()).any(|run| run == shorter)
        };
        Some(Self {
            chapter,
            sentence: *sentences.iter().find(holds)?,
            what: content(book, &fact.what),
            value: content(book, &fact.value),
            numbers: numbers(&fact.value),
        })
    }

    /// Returns whether another chapter's fact about the same thing says something else of it.
    fn differs_from(&self, later: &Self) -> bool {
        let same_question = self.what.is_subset(&later.what) || later.what.is_subset(&self.what);
        let other_answer = match (self.numbers.is_empty(), later.numbers.is_empty()) {
            (false, false) => !self.numbers.iter().any(|number| later.numbers.contains(number)),
            _ => !self.value.is_empty() && !later.value.is_empty() && self.value.is_disjoint(&later.value),
        };
        self.chapter != later.chapter && same_question && other_answer
    }
}

/// Returns the sentences of the running text of each chapter, by their indices.
fn sentences_by_chapter(book: &Book<'_>) -> HashMap<u32, Vec<usize>> {
    let mut by_chapter: HashMap<u32, Vec<usize>> = HashMap::new();
    for sentence in book.prose_sentences() {
        let chapter = book.text.chapter_of(book.text.sentences[sentence].paragraph);
        by_chapter.entry(book.text.chapters[chapter].number).or_default().push(sentence);
    }
    by_chapter
}

/// Returns the words of a text that say something, in no order: "the founding year" is "year of founding".
fn content(book: &Book<'_>, text: &str) -> BTreeSet<String> {
    let stop_words: &HashSet<&str> = stop_words::of(&language::primary(&book.text.language));
    let words = folded_words(text, &book.text.language).into_iter();
    words.filter(|word| !stop_words.contains(word.as_str())).collect()
}

fn finding(book: &Book<'_>, earlier: &Located, later: &Located) -> Finding {
    let right = book.sentence(earlier.sentence);
    let advice =
        format!("Chapter {} says: “{right}” If both speak of the same thing, make the two agree.", earlier.chapter);
    let (place, quote) = (book.text.place(later.sentence), book.sentence(later.sentence));
    let other = Some(book.text.place(earlier.sentence));
    Finding { other, right, ..Finding::new(FindingKind::Discrepancy, place, quote, advice) }
}
