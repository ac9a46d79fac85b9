//! Whether two decisions are alike, so that the second says nothing new.

use std::collections::{BTreeSet, HashMap};

/// The least share of common words, in percent, that makes two decisions alike, and the fewest words for which it counts.
const ALIKE: usize = 85;
const FEWEST_WORDS: usize = 5;

/// Decisions that are made, each with what it belongs to.
#[derive(Debug)]
pub struct Decided<T> {
    texts: Vec<(T, BTreeSet<String>)>,
    by_word: HashMap<String, Vec<usize>>,
}

impl<T> Default for Decided<T> {
    fn default() -> Self {
        Self { texts: Vec::new(), by_word: HashMap::new() }
    }
}

impl<T> Decided<T> {
    /// Takes a decision up.
    pub fn insert(&mut self, of: T, text: &str) {
        let words = words(text);
        for word in &words {
            self.by_word.entry(word.clone()).or_default().push(self.texts.len());
        }
        self.texts.push((of, words));
    }

    /// Returns the first decision that has nearly the same words as a text, whatever their order.
    ///
    /// Only those are compared that have one of the text's rarest words. So a book of thousands of chapters takes no time.
    pub fn find(&self, text: &str) -> Option<&T> {
        let words = words(text);
        let places = |word: &String| self.by_word.get(word).map_or(&[][..], Vec::as_slice);
        let mut rarest: Vec<&[usize]> = words.iter().map(places).collect();
        rarest.sort_unstable_by_key(|places| places.len());
        // Of so many words at least one is common to two texts that are alike.
        let decisive = words.len() * (100 - ALIKE) / 100 + 1;
        let near: BTreeSet<usize> = rarest.into_iter().take(decisive).flatten().copied().collect();
        near.into_iter().map(|at| &self.texts[at]).find(|(_, known)| are_alike(known, &words)).map(|(of, _)| of)
    }
}

fn are_alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    if one == other {
        return true;
    }
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    one.len().min(other.len()) >= FEWEST_WORDS && common * 100 >= all * ALIKE
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decisions_are_alike_that_have_nearly_the_same_words() {
        for (one, other, alike) in [
            ("with rain", "With Rain.", true),
            ("a door that will not open in the rain", "in the rain, a door that will not open today", true),
            ("with rain", "with snow", false),
            ("a door that will not open", "a window that will not open", false),
        ] {
            let mut decided = Decided::default();
            decided.insert(7, one);
            assert_eq!(decided.find(other), Some(&7).filter(|_| alike), "{one} / {other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_alike_is_found_among_many(texts in prop::collection::vec("[a-h]( [a-h]){0,9}", 1..30), asked in "[a-h]( [a-h]){0,9}") {
            let mut decided = Decided::default();
            texts.iter().enumerate().for_each(|(at, text)| decided.insert(at, text));
            let alike = texts.iter().position(|text| are_alike(&words(text), &words(&asked)));
            prop_assert_eq!(decided.find(&asked).copied(), alike);
        }
    }
}
