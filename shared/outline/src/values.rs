//! Rules for single values: language tags, dates, model names, lengths.

use bindery_domain::ModelName;

use super::{MAX_WORDS, MIN_WORDS};

/// Returns a plausible BCP 47 tag in its usual spelling (`pt-BR`, `zh-Hant-TW`), or nothing.
///
/// Plausible means well-formed with a primary language of two or three letters: whether a subtag is
/// registered is not looked up, but "English" and "german" are not taken for tags.
pub(super) fn language(tag: &str) -> Option<String> {
    let mut subtags = tag.split(['-', '_']);
    let primary = subtags.next()?;
    if !(2..=3).contains(&primary.len()) || !is_alphabetic(primary) {
        return None;
    }
    let mut normal = primary.to_ascii_lowercase();
    let mut place = Place::Primary;
    let mut bare_singleton = false;
    for subtag in subtags {
        let (next, spelled) = place.take(subtag)?;
        bare_singleton = next >= Place::Extension && subtag.len() == 1 && place < Place::Private;
        place = next;
        normal.push('-');
        normal.push_str(&spelled);
    }
    (!bare_singleton).then_some(normal)
}

/// How far a tag has been read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Primary,
    Extended,
    Script,
    Region,
    Variant,
    Extension,
    Private,
}

impl Place {
    /// Reads one more subtag: returns the place it takes and its usual spelling.
    fn take(self, subtag: &str) -> Option<(Self, String)> {
        let length = subtag.len();
        if !(1..=8).contains(&length) || !subtag.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let lower = subtag.to_ascii_lowercase();
        let starts_with_digit = lower.as_bytes()[0].is_ascii_digit();
        let is_number = lower.bytes().all(|b| b.is_ascii_digit());
        match length {
            _ if self == Self::Private => Some((self, lower)),
            1 if lower == "x" => Some((Self::Private, lower)),
            1 => Some((Self::Extension, lower)),
            _ if self == Self::Extension => Some((self, lower)),
            3 if self < Self::Extended && is_alphabetic(subtag) => Some((Self::Extended, lower)),
            4 if self < Self::Script && is_alphabetic(subtag) => {
                let title = lower[..1].to_ascii_uppercase() + &lower[1..];
                Some((Self::Script, title))
            }
            2 if self < Self::Region && is_alphabetic(subtag) => Some((Self::Region, lower.to_ascii_uppercase())),
            3 if self < Self::Region && is_number => Some((Self::Region, lower)),
            4 if self <= Self::Variant && starts_with_digit => Some((Self::Variant, lower)),
            5..=8 if self <= Self::Variant => Some((Self::Variant, lower)),
            _ => None,
        }
    }
}

fn is_alphabetic(subtag: &str) -> bool {
    subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Tells whether the text has the form `provider:model`.
pub(super) fn is_model(text: &str) -> bool {
    text.parse::<ModelName>().is_ok()
}

/// Returns a chapter's length if it is within the limits.
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
