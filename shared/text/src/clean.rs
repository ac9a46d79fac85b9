//! Takes out of a text what no EPUB and no HTML file may hold, both being XML.

use std::borrow::Cow;

/// Returns the text without the characters that XML 1.0 forbids.
///
/// They cannot be escaped: one of them makes a bound book unreadable. Vertical tab and form feed
/// separate words, so a space takes their place; the others are dropped.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|c| match c {
        '\u{b}' | '\u{c}' => Some(' '),
        c => is_legal(c).then_some(c),
    });
    Cow::Owned(kept.collect())
}

/// Returns the text with every line ending as a single line feed.
pub fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Returns whether XML 1.0, fifth edition, allows the character (its production `Char`).
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clean_text_is_not_copied() {
        let text = "Grüße, 本, \u{1f4d6}\tand\nlines\r\n";
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn characters_xml_forbids_are_dropped_and_page_breaks_still_separate_words() {
        assert_eq!(clean("a\0b\u{1b}c\u{fffe}d\u{ffff}"), "abcd");
        assert_eq!(clean("one\u{c}two\u{b}three"), "one two three");
    }

    #[test]
    fn all_three_line_endings_become_line_feeds() {
        assert_eq!(line_feeds("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(once.chars().all(is_legal));
            prop_assert_eq!(clean(&once), once.as_str());
        }
    }
}
