//! Points as a prompt quotes them: list items that begin with an id, such as `- [2.1] Ebb`.

use std::collections::HashMap;

use serde::Deserialize;

use super::Point;

/// A point as contracts name it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NamedPoint {
    Id(String),
    Whole { id: String, text: String },
}

impl From<NamedPoint> for Point {
    fn from(named: NamedPoint) -> Self {
        match named {
            NamedPoint::Id(id) => Self { id, text: String::new() },
            NamedPoint::Whole { id, text } => Self { id, text },
        }
    }
}

/// Gives points without a text the text that a message quotes.
pub(super) fn fill<'a>(points: impl Iterator<Item = &'a mut Point>, message: &str) {
    let quotations = Quotations::of(message);
    points.filter(|point| point.text.is_empty()).for_each(|point| point.text = quotations.text(&point.id));
}

/// The points that a message quotes, by their ids.
pub(super) struct Quotations<'a>(HashMap<&'a str, String>);

impl<'a> Quotations<'a> {
    pub(super) fn of(message: &'a str) -> Self {
        let mut quoted = HashMap::new();
        let mut lines = message.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(Item { mark, id, text }) = Item::read(line) else { continue };
            let mut text = text.to_owned();
            // The further lines of an item are indented as far as its text, or blank.
            while let Some(more) =
                lines.next_if(|line| line.trim().is_empty() || indentation(line) >= mark && Item::read(line).is_none())
            {
                text.push('\n');
                text.push_str(more.get(mark..).unwrap_or_default());
            }
            quoted.entry(id).or_insert_with(|| text.trim_end().to_owned());
        }
        Self(quoted)
    }

    /// Returns the text of a point; its id where the message does not quote it.
    pub(super) fn text(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), Clone::clone)
    }
}

/// A list item that begins with an id.
struct Item<'l> {
    /// The width of its mark.
    mark: usize,
    id: &'l str,
    text: &'l str,
}

impl<'l> Item<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let (mark, rest) = line.split_once('[')?;
        let is_mark = mark.ends_with(' ') && mark.chars().all(|char| char.is_ascii_digit() || " -.".contains(char));
        let (id, text) = rest.split_once("] ")?;
        is_mark.then_some(Self { mark: mark.len(), id, text })
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_from_where_a_message_quotes_them() {
        let message = "1. Ebb\n   - [2.1] The water\n     falls.\n   - a step\n\n1. [2.2] It turns.\n\n   And waits.\n\nIt ends: \
            with [2.1]\n- [2.10] It rises. [sic]";
        let quotations = Quotations::of(message);
        let texts = ["2.1", "2.2", "2.10", "2.3"].map(|id| quotations.text(id));
        assert_eq!(texts, ["The water\nfalls.", "It turns.\n\nAnd waits.", "It rises. [sic]", "2.3"]);
    }
}
