//! How a language is written, and how its text is split into words.

use std::{ops::Range, sync::LazyLock};

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use unicode_segmentation::UnicodeSegmentation;

/// How a language separates its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WritingSystem {
    /// By spaces: Latin, Cyrillic, Arabic, Hangul and most other scripts.
    Spaced,
    /// Not at all, and its readers count characters: Chinese and Japanese.
    Ideographic,
    /// Not at all, and its readers count words: Thai, Lao, Khmer and Burmese.
    Unbroken,
}

/// Splits text by a dictionary alone: on Thai the neural model takes about a hundred times as long.
static DICTIONARY: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// Returns the primary subtag of a BCP 47 tag, in lower case: `pt` for `pt-BR`.
pub fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Returns how `language`, a BCP 47 tag, separates its words; an unknown tag counts as spaced.
pub fn writing_system(language: &str) -> WritingSystem {
    match primary(language).as_str() {
        "ja" | "zh" | "cmn" | "gan" | "hak" | "lzh" | "nan" | "wuu" | "yue" => WritingSystem::Ideographic,
        "km" | "lo" | "my" | "th" => WritingSystem::Unbroken,
        _ => WritingSystem::Spaced,
    }
}

/// Returns the words of `text`, without punctuation and spaces.
pub fn words<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    word_ranges(text, language).into_iter().map(|range| &text[range]).collect()
}

/// Returns where the words of `text` stand in it.
///
/// Text in a spaced script is split by the rules of Unicode's annex 29, which need no dictionary; other text by one.
pub(crate) fn word_ranges(text: &str, language: &str) -> Vec<Range<usize>> {
    if writing_system(language) == WritingSystem::Spaced {
        return text.unicode_word_indices().map(|(start, word)| start..start + word.len()).collect();
    }
    let mut start = 0;
    let mut ranges = Vec::new();
    for (end, kind) in DICTIONARY.segment_str(text).iter_with_word_type() {
        if kind.is_word_like() {
            ranges.push(start..end);
        }
        start = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writing_system_of_a_tag_does_not_depend_on_its_region_or_case() {
        for tag in ["ja", "ja-JP", "zh", "ZH-Hant-TW", "zh_CN", "yue"] {
            assert_eq!(writing_system(tag), WritingSystem::Ideographic, "{tag}");
        }
        for tag in ["en", "de-AT", "ko", "ar", "he", "hi", "", "jav"] {
            assert_eq!(writing_system(tag), WritingSystem::Spaced, "{tag}");
        }
        for tag in ["th", "lo", "km-KH", "my"] {
            assert_eq!(writing_system(tag), WritingSystem::Unbroken, "{tag}");
        }
    }

    #[test]
    fn unbroken_scripts_are_split_into_words_by_a_dictionary() {
        assert_eq!(words("ภาษาไทย", "th"), ["ภาษา", "ไทย"]);
        assert_eq!(words("确认必须早到。", "zh"), ["确认", "必须", "早", "到"]);
    }

    #[test]
    fn punctuation_is_no_word() {
        assert_eq!(words("Well — it isn’t, is it?", "en"), ["Well", "it", "isn’t", "is", "it"]);
    }
}
