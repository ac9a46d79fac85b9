//! Anchors made from headings, by the rule of the common Markdown sites, so that a model's links find them.

use std::collections::HashMap;

/// Returns the anchor of a heading's text: its letters and digits in lower case, with hyphens for spaces.
pub(super) fn slug(text: &str) -> String {
    let slug: String = text
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            ' ' | '\n' | '\t' => Some('-'),
            '-' | '_' => Some(c),
            _ if c.is_alphanumeric() || is_mark(c) => Some(c),
            _ => None,
        })
        .collect();
    if slug.is_empty() { "section".to_owned() } else { slug }
}

/// Returns whether the character belongs to words without being a letter: accents, viramas, Thai tones, Khmer signs.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{93C}' | '\u{94D}' | '\u{9BC}' | '\u{9CD}' | '\u{A3C}' | '\u{A4D}' | '\u{ABC}'
        | '\u{ACD}' | '\u{B3C}' | '\u{B4D}' | '\u{BCD}' | '\u{C4D}' | '\u{CBC}' | '\u{CCD}' | '\u{D4D}' | '\u{DCA}'
        | '\u{E47}'..='\u{E4E}' | '\u{17C9}'..='\u{17D3}')
}

/// Gives out slugs, each one once.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    /// Every slug given out, with the last number tried after it, so that equal headings take linear time.
    given: HashMap<String, usize>,
}

impl Slugs {
    /// Returns the text's slug, with a number after it where the slug is taken.
    pub(super) fn unique(&mut self, text: &str) -> String {
        let base = slug(text);
        let mut candidate = base.clone();
        let mut number = self.given.get(&base).copied().unwrap_or_default();
        while self.given.contains_key(&candidate) {
            number += 1;
            candidate = format!("{base}-{number}");
        }
        self.given.insert(base, number);
        self.given.entry(candidate.clone()).or_default();
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_letters_of_every_script() {
        assert_eq!(slug("1. What's *new*?"), "1-whats-new");
        assert_eq!(slug("はじめに：序"), "はじめに序");
        assert_eq!(slug("हिन्दी भाषा"), "हिन्दी-भाषा");
        assert_eq!(slug("???"), "section");
    }

    #[test]
    fn no_slug_is_given_twice_even_when_a_heading_looks_like_a_numbered_one() {
        let mut slugs = Slugs::default();
        let given: Vec<_> = ["A", "A", "A-1", "A", "a 1"].iter().map(|text| slugs.unique(text)).collect();
        assert_eq!(given, ["a", "a-1", "a-1-1", "a-2", "a-1-2"]);
    }
}
