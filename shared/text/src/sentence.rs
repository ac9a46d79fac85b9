//! Splits running text into sentences.
//!
//! A sentence ends with a mark, together with the quotation marks and brackets that close after it. What begins with a small
//! letter goes on with the sentence before, as in “Go!” she said. Thai and Lao write no mark; there a space ends a sentence.

use std::ops::Range;

use super::{
    ending::{is_terminal, needs_no_mark},
    language::{self, WritingSystem},
    quotation::is_dash,
};

/// Words after which a full stop shortens a word, in lower case, for the languages that Bindery is used in most.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "mme", "mlle", "dr", "prof", "st", "sr", "jr", "gen", "col", "capt", "lt", "rev", "hon", "vs",
    "cf", "fig", "no", "nr", "vol", "pp", "ed", "eds", "e.g", "i.e", "ca", "approx", "bzw", "z.b", "d.h", "u.a", "vgl",
    "evtl", "ggf", "sog", "hr", "fr", "str", "abb", "kap", "bd", "sra", "dra", "ud", "uds", "sig", "dott", "art",
];

/// The longest of [`ABBREVIATIONS`], in bytes, and a little more.
const LONGEST_ABBREVIATION: usize = 8;

/// Returns where the sentences of `text` stand in it, without the spaces between them.
pub fn ranges(text: &str, language: &str) -> Vec<Range<usize>> {
    let splitter = Splitter {
        text,
        spaced: language::writing_system(language) == WritingSystem::Spaced,
        spaces_end: needs_no_mark(language),
        german: matches!(language::primary(language).as_str(), "de" | "da" | "nb" | "no" | "fi" | "cs" | "pl" | "hu"),
    };
    splitter.ranges()
}

struct Splitter<'a> {
    text: &'a str,
    spaced: bool,
    /// Whether a space ends a sentence.
    spaces_end: bool,
    /// Whether a number with a full stop is an ordinal, as in German.
    german: bool,
}

impl Splitter<'_> {
    fn ranges(&self) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let (mut start, mut at) = (0, 0);
        while let Some(char) = self.text[at..].chars().next() {
            let mark = at;
            at += char.len_utf8();
            let by_space = self.spaces_end && char.is_whitespace();
            if !by_space && (!is_terminal(char) || is_dash(char)) {
                continue;
            }
            at = self.after_closing(at);
            if by_space || self.ends(mark, char, at) {
                self.push(&mut ranges, start..at);
                start = at;
            }
        }
        self.push(&mut ranges, start..self.text.len());
        ranges
    }

    /// Returns where the marks end that close a sentence whose own mark ends at `from`.
    fn after_closing(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        let after = rest.trim_start_matches(|char| closes(char) || is_terminal(char) && !is_dash(char));
        // French sets a space before the mark, and nothing but a space can follow it.
        let french = after.trim_start().strip_prefix('»').filter(|left| !left.starts_with(char::is_alphanumeric));
        self.text.len() - french.unwrap_or(after).len()
    }

    /// Adds a sentence, unless it has no letter: a mark that stands alone belongs to the sentence before.
    fn push(&self, ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let trimmed = text.trim_start();
        let start = range.end - trimmed.len();
        let end = start + trimmed.trim_end().len();
        if text.contains(char::is_alphanumeric) {
            ranges.push(start..end);
        } else if let Some(last) = ranges.last_mut().filter(|_| end > start) {
            last.end = end;
        }
    }

    /// Returns whether a mark at `at`, with what closes after it up to `end`, ends a sentence.
    fn ends(&self, at: usize, mark: char, end: usize) -> bool {
        let after = &self.text[end..];
        let follows = after.trim_start().chars().find(|char| !opens(*char));
        if follows.is_none() {
            return true;
        }
        if self.spaced && !mark_of_unspaced(mark) && !after.starts_with(char::is_whitespace) {
            return false;
        }
        let goes_on =
            |char: char| char.is_lowercase() || is_hiragana(char) && self.text[at..end].contains(['」', '』']);
        if follows.is_some_and(goes_on) {
            return false;
        }
        mark != '.' || !self.shortens(at)
    }

    /// Returns whether the full stop at `at` shortens a word, or makes a number an ordinal.
    fn shortens(&self, at: usize) -> bool {
        let mut from = at.saturating_sub(LONGEST_ABBREVIATION);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let near = &self.text[from..at];
        let begins = near.rfind(|char: char| !char.is_alphanumeric() && char != '.');
        let word = begins.map_or(near, |index| near[index..].trim_start_matches(|char: char| !char.is_alphanumeric()));
        let mut letters = word.chars();
        let initial = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() && word != "I";
        let ordinal = self.german && !word.is_empty() && word.chars().all(char::is_numeric) && word.len() <= 2;
        initial || ordinal || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
    }
}

fn mark_of_unspaced(mark: char) -> bool {
    matches!(mark, '。' | '．' | '｡' | '！' | '？' | '។')
}

fn is_hiragana(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{309f}')
}

fn closes(char: char) -> bool {
    matches!(
        char,
        ')' | ']'
            | '}'
            | '”'
            | '’'
            | '»'
            | '›'
            | '"'
            | '\''
            | '“'
            | '‘'
            | '*'
            | '_'
            | '）'
            | '］'
            | '」'
            | '』'
            | '】'
    )
}

fn opens(char: char) -> bool {
    matches!(
        char,
        '(' | '[' | '“' | '‘' | '„' | '‚' | '«' | '»' | '"' | '\'' | '*' | '_' | '（' | '「' | '『' | '¿' | '¡'
    ) || char.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
        ranges(text, language).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_sentence_ends_with_its_mark_and_what_closes_after_it() {
        for (language, text, expected) in [
            ("en", "One. Two! (Three?) Four", vec!["One.", "Two!", "(Three?)", "Four"]),
            ("en", "“Go!” she said. “Go now.” He went…", vec!["“Go!” she said.", "“Go now.”", "He went…"]),
            (
                "en",
                "Mr. J. Smith paid $4.50 to Dr. Lee. Then he left.",
                vec!["Mr. J. Smith paid $4.50 to Dr. Lee.", "Then he left."],
            ),
            ("en", "So am I. You are not.", vec!["So am I.", "You are not."]),
            (
                "de",
                "Am 3. Mai kam sie, z. B. mit Dr. Weiß. „Nein.“ Er ging.",
                vec!["Am 3. Mai kam sie, z. B. mit Dr. Weiß.", "„Nein.“", "Er ging."],
            ),
            ("fr", "Il dit : « Non ! » Elle part.", vec!["Il dit : « Non ! »", "Elle part."]),
            ("ja", "雨だ。彼は「行く。」と言った。終わり", vec!["雨だ。", "彼は「行く。」と言った。", "終わり"]),
            ("th", "ภาษาไทย ภาษาไทย", vec!["ภาษาไทย", "ภาษาไทย"]),
            ("en", "A — dash — is none. *Yes.* No.", vec!["A — dash — is none.", "*Yes.*", "No."]),
            ("en", "", vec![]),
            ("en", " . ", vec![]),
        ] {
            assert_eq!(sentences(text, language), expected, "{language}: {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_letter_stands_in_exactly_one_sentence(
            text in r#"([a-cA-C0-9.!?…“”"«» \n。「」ä語]|Mr\. |\. ){0,80}"#,
            language in "en|de|fr|ja|th",
        ) {
            let ranges = ranges(&text, &language);
            let mut end = 0;
            for range in &ranges {
                proptest::prop_assert!(range.start >= end && range.end > range.start);
                proptest::prop_assert!(!text[end..range.start].contains(char::is_alphanumeric));
                end = range.end;
            }
            proptest::prop_assert!(!text[end..].contains(char::is_alphanumeric));
        }
    }
}
