//! Escapes text for XHTML.

use std::borrow::Cow;

use crate::clean::is_forbidden;

/// Returns the text for XML's elements and attributes. It has no characters that no document may hold: Markdown can name them
/// by their numbers (`&#xFFFF;`).
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| matches!(c, '&' | '<' | '>' | '"') || is_forbidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if is_forbidden(c) => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escaped("\"><script>]]>&amp;"), "&quot;&gt;&lt;script&gt;]]&gt;&amp;amp;");
        assert_eq!(escaped("a\u{ffff}\u{1}b"), "ab");
        assert!(matches!(escaped("plain 'text'"), Cow::Borrowed(_)));
    }
}
