//! Rules for single values: model names and lengths.

use bindery_domain::ModelName;

use super::{MAX_WORDS, MIN_WORDS};

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
