//! Replacements in a text, collected in any order and made in one pass.

use std::ops::Range;

/// What is to change in a text.
#[derive(Debug, Default)]
pub(super) struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Puts `with` in place of a range; an empty range inserts.
    pub(super) fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.edits.push((range, with.into()));
    }

    /// Returns the text with all edits made. An edit inside one that starts before it has no place any more.
    pub(super) fn apply(mut self, source: &str) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(source.len() + 64);
        let mut copied = 0;
        for (range, with) in self.edits {
            if range.start >= copied {
                out.push_str(&source[copied..range.start]);
                out.push_str(&with);
                copied = range.end;
            }
        }
        out.push_str(&source[copied..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_the_order_of_the_text() {
        let mut edits = Edits::default();
        edits.replace(6..11, "reader");
        edits.replace(0..0, "- ");
        edits.replace(7..8, "inside the first");
        assert_eq!(edits.apply("hello world!"), "- hello reader!");
    }
}
