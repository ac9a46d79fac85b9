//! Language tags, how a language is written, and how its text is split into words.

use std::{ops::Range, sync::LazyLock};

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use oxilangtag::LanguageTag;
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

/// Returns a BCP 47 tag in its usual spelling (`pt-BR`, `zh-Hant-TW`); `None` where the text is not one. Underscores
/// count as hyphens.
///
/// Only a primary language of two or three letters counts: the standard would take "English" and "german" for tags.
pub fn tag(text: &str) -> Option<LanguageTag<String>> {
    let tag = LanguageTag::parse_and_normalize(&text.replace('_', "-")).ok()?;
    matches!(tag.primary_language().len(), 2..=3).then_some(tag)
}

/// Returns the primary subtag of a BCP 47 tag, in lower case: `pt` for `pt-BR`.
pub fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Returns the language under which a tag stands in tables of words: `zh-hant` for `zh-TW`, `nb` for `no`.
pub fn table_language(language: &str) -> String {
    let Some(tag) = tag(language) else { return "en".to_owned() };
    let traditional = match tag.script() {
        Some(script) => script == "Hant",
        None => matches!(tag.region(), Some("TW" | "HK" | "MO")),
    };
    match tag.primary_language() {
        "zh" | "yue" if traditional => "zh-hant",
        "yue" | "cmn" => "zh",
        "nn" | "no" => "nb",
        "iw" => "he",
        other => other,
    }
    .to_owned()
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
    fn language_tags_get_their_usual_spelling() {
        let spelled = [
            ("EN", "en"),
            ("pt_br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-ch-1901", "de-CH-1901"),
            ("sl-ROZAJ-biske", "sl-rozaj-biske"),
            ("zh-yue-HK", "zh-yue-HK"),
            ("de-u-CO-phonebk", "de-u-co-phonebk"),
            ("en-x-Plain-A", "en-x-plain-a"),
        ];
        for (typed, expected) in spelled {
            assert_eq!(tag(typed).unwrap().as_str(), expected, "{typed}");
        }
    }

    #[test]
    fn names_of_languages_and_malformed_tags_are_not_tags() {
        for typed in [
            "",
            "e",
            "English",
            "german",
            "en-",
            "-en",
            "en--US",
            "en US",
            "日本語",
            "en-US-GB",
            "en-u",
            "en-x",
            "en-a-x",
            "x-klingon",
            "de-Latn-Latn",
            "en-123456789",
        ] {
            assert_eq!(tag(typed), None, "{typed}");
        }
    }

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
