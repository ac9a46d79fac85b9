//! The gate against a text that is empty, or shorter than a sentence. A text that is only short misses a target.

use bindery_domain::Unit;
use bindery_text::length::unit;

use super::Asked;

/// The text is empty, or nearly so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is all but empty: {got} of about {asked} {}", .unit.name())]
pub struct Empty {
    /// Its length.
    pub got: u32,
    /// The length asked.
    pub asked: u32,
    /// The unit of both lengths.
    pub unit: Unit,
}

pub(super) fn check(got: u32, asked: &Asked<'_>) -> Result<(), Empty> {
    let unit = unit(asked.language);
    // No section is shorter than a sentence, unless less was asked.
    let sentence = match unit {
        Unit::Words => 15,
        Unit::Characters => 30,
    };
    if got == 0 || got < sentence.min(asked.length / 2) {
        return Err(Empty { got, asked: asked.length, unit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::SectionText, *};

    fn passes(text: &str, language: &str, length: u32) -> bool {
        let got = SectionText::read(text, language).length();
        check(got, &Asked { language, heading: "", points: &[], length }).is_ok()
    }

    #[test]
    fn a_short_text_is_a_draft_and_a_few_words_are_none() {
        let words = |count| "word ".repeat(count);
        assert!(passes(&words(15), "en", 650));
        assert!(!passes(&words(14), "en", 650));
        assert!(!passes("* * *", "en", 650));
        assert!(!passes("", "en", 0));
    }

    #[test]
    fn a_short_request_needs_a_sentence_or_half_of_what_was_asked() {
        let words = |count| "word ".repeat(count);
        assert!(!passes(&words(14), "en", 60));
        assert!(passes(&words(15), "en", 60));
        assert!(passes(&words(5), "en", 10));
        assert!(!passes(&"字".repeat(29), "zh", 100));
        assert!(passes(&"字".repeat(30), "zh", 100));
    }
}
