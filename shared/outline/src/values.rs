//! Rules for single values: language tags, model names, lengths.

use bindery_domain::ModelName;
use oxilangtag::LanguageTag;

use super::{MAX_WORDS, MIN_WORDS};

/// Returns a BCP 47 tag in its usual spelling (`pt-BR`, `zh-Hant-TW`); `None` where the text is not one.
///
/// Only a primary language of two or three letters counts: the standard would take "English" and "german" for tags.
pub(super) fn language(text: &str) -> Option<String> {
    let tag = LanguageTag::parse_and_normalize(&text.replace('_', "-")).ok()?;
    matches!(tag.primary_language().len(), 2..=3).then(|| tag.into_inner())
}

/// Returns whether the text has the form `provider:model`.
pub(super) fn is_model(text: &str) -> bool {
    text.parse::<ModelName>().is_ok()
}

/// Returns a chapter's length; `None` where it is outside the limits.
pub(super) fn words(digits: &str) -> Option<u32> {
    let count = digits.parse().ok()?;
    (MIN_WORDS..=MAX_WORDS).contains(&count).then_some(count)
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
            assert_eq!(language(typed).as_deref(), Some(expected), "{typed}");
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
            assert_eq!(language(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_model_is_named_by_provider_and_model() {
        for name in ["openai:gpt-5", "ollama:llama3:8b", "my_host:a/b@c"] {
            assert!(is_model(name), "{name}");
        }
        for name in ["", "gpt-5", ":gpt-5", "openai:", "open ai:x", "openai:a b"] {
            assert!(!is_model(name), "{name}");
        }
    }

    #[test]
    fn lengths_have_limits_on_both_sides() {
        assert_eq!(words("100"), Some(100));
        assert_eq!(words("20000"), Some(20000));
        for typed in ["99", "20001", "-5", "3,000", "3e3", "", "99999999999999999999"] {
            assert_eq!(words(typed), None, "{typed}");
        }
    }
}
