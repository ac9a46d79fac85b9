//! How many tokens a text takes. Estimates err upwards, so that no guess lets a book exceed its budget.

use crate::Unit;

/// Estimates the tokens of a text, rather too many than too few.
///
/// The rule covers what the tokenizers in use do with prose:
/// - ASCII letters and spaces: a third of a token each (English takes about a quarter, German about 0.3);
/// - ASCII digits, punctuation and control characters: one each, as the least compact tokenizers have it;
/// - Chinese, Japanese and Korean: one and a half a character;
/// - accented Latin, Greek, Cyrillic, Hebrew, Arabic, dashes and quotation marks: one a character;
/// - everything else: one for each byte of UTF-8, the most that any byte-level tokenizer makes.
pub fn estimate_tokens(text: &str) -> u64 {
    let sixths: u64 = text.chars().map(sixths_of_a_token).sum();
    sixths.div_ceil(6)
}

fn sixths_of_a_token(c: char) -> u64 {
    match c {
        'a'..='z' | 'A'..='Z' | ' ' => 2,
        '\0'..='\u{7ff}' => 6,
        '\u{2010}'..='\u{203a}' => 6,
        '\u{3000}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' => 9,
        // A character has at most four bytes.
        _ => 6 * u64::from(u32::try_from(c.len_utf8()).unwrap_or(4)),
    }
}

/// Returns the tokens that a text of this length is expected to take.
///
/// In English that is a third more than its words, in the other large languages of Latin script twice its words, and
/// elsewhere more.
pub fn expected_tokens(length: u32, unit: Unit, language: &str) -> f64 {
    let primary = language.split('-').next().unwrap_or_default().to_lowercase();
    let each = match (unit, primary.as_str()) {
        (Unit::Characters, _) => 5.0 / 3.0,
        (Unit::Words, "en") => 4.0 / 3.0,
        (Unit::Words, "de" | "fr" | "es" | "it" | "pt" | "nl" | "sv" | "da" | "no" | "nb") => 2.0,
        (Unit::Words, _) => 25.0 / 6.0,
    };
    each * f64::from(length)
}

/// Returns the output tokens that a text of this length may take.
///
/// The room is twice what the asked length takes. Room that is not used costs nothing. A text that meets the limit has to be
/// continued by a second call.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
pub fn output_room(length: u32, unit: Unit, language: &str) -> u32 {
    (2.0 * expected_tokens(length, unit, language)).ceil() as u32 + LAST_SENTENCE
}

/// The tokens of a long sentence.
const LAST_SENTENCE: u32 = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_script_is_counted_by_its_rule() {
        for (text, tokens) in [
            ("", 0),
            ("one two three", 5),
            ("1,234", 5),
            ("{\"length\":700}", 10),
            ("Würde", 3),
            ("Здесь", 5),
            ("東京都", 5),
            ("서울", 3),
            ("ไทย", 9),
            ("🙂", 4),
            ("“so”—", 4),
        ] {
            assert_eq!(estimate_tokens(text), tokens, "{text}");
        }
    }

    #[test]
    fn english_prose_is_not_overestimated_beyond_use() {
        let prose = "It was the best of times, it was the worst of times, it was the age of wisdom. ";
        let words = u64::try_from(prose.split_whitespace().count()).unwrap();
        assert!(estimate_tokens(prose) <= words * 2);
    }

    #[test]
    fn a_text_has_room_for_twice_its_usual_tokens() {
        assert_eq!(output_room(1_000, Unit::Words, "en-GB"), 2_667 + LAST_SENTENCE);
        assert_eq!(output_room(1_000, Unit::Words, "de"), 4_000 + LAST_SENTENCE);
        assert_eq!(output_room(1_000, Unit::Characters, "ja"), 3_334 + LAST_SENTENCE);
    }

    proptest! {
        #[test]
        fn no_estimate_exceeds_one_token_a_byte(text in "\\PC{0,200}") {
            prop_assert!(estimate_tokens(&text) <= u64::try_from(text.len()).unwrap());
        }

        #[test]
        fn parts_cost_no_less_than_the_whole(left in "\\PC{0,100}", right in "\\PC{0,100}") {
            let whole = estimate_tokens(&format!("{left}{right}"));
            prop_assert!(estimate_tokens(&left) + estimate_tokens(&right) >= whole);
        }
    }
}
