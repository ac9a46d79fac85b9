//! Counts tokens: one for each CJK character, and one for every four other characters, rounded up.
//!
//! Real tokenizers differ by a third in either direction. The count needs only to be cheap, to be the same everywhere,
//! and to depend on the script as theirs does.

const CHARACTERS_PER_TOKEN: u64 = 4;

/// Returns how many tokens a text has.
pub(crate) fn count(text: &str) -> u64 {
    let quarters: u64 = text.chars().map(quarters_of).sum();
    quarters.div_ceil(CHARACTERS_PER_TOKEN)
}

/// Returns the longest beginning of a text with at most this many tokens.
pub(crate) fn prefix(text: &str, tokens: u64) -> &str {
    let mut quarters = 0;
    for (at, character) in text.char_indices() {
        quarters += quarters_of(character);
        if quarters > tokens.saturating_mul(CHARACTERS_PER_TOKEN) {
            return &text[..at];
        }
    }
    text
}

/// Returns whether a character counts as a token of its own: Han, kana, Hangul and their punctuation.
pub(crate) fn is_cjk(character: char) -> bool {
    matches!(
        u32::from(character),
        0x1100..=0x11FF | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F
            | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF
    )
}

/// Returns how many quarters of a token a character counts for.
fn quarters_of(character: char) -> u64 {
    if is_cjk(character) { CHARACTERS_PER_TOKEN } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_latin_characters_are_a_token_and_so_is_one_of_cjk() {
        assert_eq!(count(""), 0);
        assert_eq!(count("abcd"), 1);
        assert_eq!(count("abcde"), 2);
        assert_eq!(count("本を書く。"), 5);
        assert_eq!(count("本 book"), 3);
    }

    #[test]
    fn a_text_is_cut_after_its_tokens_and_never_inside_a_character() {
        assert_eq!(prefix("abcdefgh", 1), "abcd");
        assert_eq!(prefix("abc", 1), "abc");
        assert_eq!(prefix("本を書く。", 2), "本を");
        assert_eq!(prefix("éàü本", 1), "éàü");
        assert_eq!(prefix("text", 0), "");
        for tokens in 0..8 {
            assert!(count(prefix("Mixed 本 text を here", tokens)) <= tokens);
        }
    }
}
