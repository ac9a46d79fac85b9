//! Replacements in a text, collected in any order and made in one pass.

use std::ops::Range;

/// The replacements to make in a text.
#[derive(Debug, Default)]
pub(super) struct Replacements(Vec<Replacement>);

#[derive(Debug)]
struct Replacement {
    range: Range<usize>,
    with: String,
}

impl Replacements {
    /// Adds a replacement of a range; an empty range inserts.
    pub(super) fn add(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.0.push(Replacement { range, with: with.into() });
    }

    /// Returns the text with all replacements made. One that starts inside of an earlier one is left out.
    pub(super) fn apply(mut self, source: &str) -> String {
        self.0.sort_by_key(|replacement| replacement.range.start);
        let mut out = String::new();
        let mut copied = 0;
        for Replacement { range, with } in self.0 {
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
    fn replacements_are_made_in_the_order_of_the_text() {
        let mut replacements = Replacements::default();
        replacements.add(6..11, "reader");
        replacements.add(0..0, "- ");
        replacements.add(7..8, "inside the first");
        assert_eq!(replacements.apply("hello world!"), "- hello reader!");
    }
}
