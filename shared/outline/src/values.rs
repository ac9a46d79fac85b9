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

/// Returns an ISBN as it was typed; `None` where it has not 10 or 13 digits or its last one does not fit the others.
pub(super) fn isbn(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let last = digits.len().checked_sub(1)?;
    let mut values = Vec::with_capacity(digits.len());
    for (at, c) in digits.iter().enumerate() {
        let ten = (at == last && last == 9 && matches!(c, 'x' | 'X')).then_some(10);
        values.push(ten.or_else(|| c.to_digit(10))?);
    }
    let fits = match values.len() {
        10 => values.iter().zip((1..=10).rev()).map(|(value, weight)| value * weight).sum::<u32>() % 11 == 0,
        13 => values.iter().zip([1, 3].iter().cycle()).map(|(value, weight)| value * weight).sum::<u32>() % 10 == 0,
        _ => false,
    };
    fits.then(|| text.to_owned())
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
    fn an_isbn_has_a_last_digit_that_fits() {
        for typed in ["978-3-16-148410-0", "9783161484100", "0-306-40615-2", "0 8044 2957 X"] {
            assert_eq!(isbn(typed).as_deref(), Some(typed));
        }
        for typed in ["", "978-3-16-148410-1", "0-306-40615-3", "X-306-40615-2", "123", "isbn"] {
            assert_eq!(isbn(typed), None, "{typed}");
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
