//! Texts that must fit into a number of bytes and still differ from each other.

use std::borrow::Cow;

use crate::Digest;

/// Returns a text that has at most `bytes` bytes: the text itself where it fits, or else its beginning, a `~` and its
/// SHA-256. The same text always gives the same result. `bytes` leaves room for the digest, which has 64.
pub fn abbreviated(text: &str, bytes: usize) -> Cow<'_, str> {
    if text.len() <= bytes {
        return Cow::Borrowed(text);
    }
    let digest = Digest::of(text);
    let room = bytes.saturating_sub(digest.as_str().len() + 1);
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    Cow::Owned(format!("{}~{digest}", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_as_it_is() {
        let text = "a".repeat(255);
        assert_eq!(abbreviated(&text, 255), text);
    }

    #[test]
    fn a_longer_text_keeps_its_beginning_and_differs_from_others_that_begin_alike() {
        let (one, other) = ("🪢".repeat(100), "🪢".repeat(101));
        let (short, differing) = (abbreviated(&one, 255), abbreviated(&other, 255));
        assert!(short.len() <= 255 && short.starts_with(&"🪢".repeat(47)), "{short}");
        assert_ne!(short, differing);
        assert_eq!(short, abbreviated(&one, 255));
    }
}
