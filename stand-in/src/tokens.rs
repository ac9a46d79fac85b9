//! How the stand-in counts tokens: one for each CJK character, one for every four other characters, rounded up.
//!
//! Real tokenizers differ by a third in either direction. What matters here is that the count is cheap, the same
//! everywhere, and grows by the script as theirs does.

const CHARACTERS_PER_TOKEN: u64 = 4;

/// Returns how many tokens a text has.
pub(crate) fn count(text: &str) -> u64 {
    let (wide, narrow) =
        text.chars().fold(
            (0, 0),
            |(wide, narrow), character| {
                if is_cjk(character) { (wide + 1, narrow) } else { (wide, narrow + 1) }
            },
        );
    wide + u64::div_ceil(narrow, CHARACTERS_PER_TOKEN)
}

/// Returns the longest beginning of a text that has at most `tokens` tokens.
pub(crate) fn first(text: &str, tokens: u64) -> &str {
    let mut quarters = 0;
    for (at, character) in text.char_indices() {
        quarters += quarters_of(character);
        if quarters > tokens.saturating_mul(CHARACTERS_PER_TOKEN) {
            return &text[..at];
        }
    }
    text
}

/// Returns whether a character is counted as a token of its own: Han, kana, Hangul and their punctuation.
pub(crate) fn is_cjk(character: char) -> bool {
    matches!(
        u32::from(character),
        0x1100..=0x11FF | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F
            | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF
    )
}

fn quarters_of(character: char) -> u64 {
    if is_cjk(character) { CHARACTERS_PER_TOKEN } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_text_counts_by_four_characters_and_cjk_by_one() {
        assert_eq!(count(""), 0);
        assert_eq!(count("abcd"), 1);
        assert_eq!(count("abcde"), 2);
        assert_eq!(count("本を書く。"), 5);
        assert_eq!(count("本 book"), 3);
    }

    #[test]
    fn a_text_is_cut_at_its_tokens_and_never_inside_a_character() {
        assert_eq!(first("abcdefgh", 1), "abcd");
        assert_eq!(first("abc", 1), "abc");
        assert_eq!(first("本を書く。", 2), "本を");
        assert_eq!(first("éàü本", 1), "éàü");
        assert_eq!(first("text", 0), "");
        for tokens in 0..8 {
            assert!(count(first("Mixed 本 text を here", tokens)) <= tokens);
        }
    }
}
