//! Pieces of a line as Markdown.

use std::cell::Cell;

use super::{
    Anchors,
    escape::{code, destination, escaped, without_brackets},
};
use crate::{
    book::Book,
    document::{Inline, Style, Target},
};

/// Writes the lines of one chapter.
pub(super) struct Lines<'b> {
    pub(super) book: &'b Book<'b>,
    pub(super) anchors: &'b Anchors,
    /// The chapter's number, which the labels of its notes begin with.
    pub(super) chapter: u32,
    /// Whether the text of a link is being written.
    pub(super) in_link: Cell<bool>,
}

/// What stands around a piece of a line.
#[derive(Clone, Copy)]
struct Sides {
    before: Side,
    after: Side,
}

/// What adjoins a piece of a line on one side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Space,
    /// A letter or a digit.
    Word,
    Mark,
    /// The mark of a style, which another one must not touch.
    Style,
}

impl Lines<'_> {
    /// Returns a line. `line_end` is how its own line ends are written.
    pub(super) fn line(&self, inlines: &[Inline], line_end: &str) -> String {
        self.pieces(inlines, Sides { before: Side::Space, after: Side::Space }, line_end)
    }

    fn pieces(&self, inlines: &[Inline], around: Sides, line_end: &str) -> String {
        let mut out = String::new();
        for (at, inline) in inlines.iter().enumerate() {
            let before = match at.checked_sub(1) {
                Some(at) => last_side(&inlines[at]),
                None => around.before,
            };
            let after = inlines.get(at + 1).map_or(around.after, first_side);
            let written = self.piece(inline, Sides { before, after }, line_end);
            let behind_note = at > 0 && matches!(inlines[at - 1], Inline::Note { .. });
            if behind_note && written.starts_with(['[', '(', ':', '\\']) {
                // Two pairs of brackets side by side would be one link.
                out.push_str("<!-- -->");
            }
            out.push_str(&written);
        }
        out
    }

    fn piece(&self, inline: &Inline, sides: Sides, line_end: &str) -> String {
        match inline {
            Inline::Text { text } if self.in_link.get() => without_brackets(&escaped(text)),
            Inline::Text { text } => escaped(text),
            Inline::Styled { style, text } => self.styled(*style, text, sides, line_end),
            Inline::Code { text } => code(text),
            Inline::Formula { tex, display: false } => format!("${tex}$"),
            Inline::Formula { tex, display: true } => format!("$${tex}$$"),
            Inline::Link { to, title, text } => {
                let inside = Sides { before: Side::Mark, after: Side::Mark };
                self.in_link.set(true);
                let text = self.pieces(text, inside, line_end);
                self.in_link.set(false);
                let address = match to {
                    Target::Outside(url) => url.clone(),
                    Target::Inside(place) => format!("#{}", self.anchors.name(*place)),
                };
                format!("[{text}]{}", destination(&address, title))
            }
            Inline::Picture { picture, alt } => {
                let alt = without_brackets(&escaped(alt));
                format!("![{alt}]{}", destination(&self.book.manuscript.pictures[*picture].path, ""))
            }
            Inline::Ruby { base, reading } => {
                let inside = Sides { before: Side::Mark, after: Side::Mark };
                let base = self.pieces(base, inside, line_end);
                format!("<ruby>{base}<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>", escaped(reading))
            }
            Inline::Note { note } => self.note_label(*note),
            Inline::Break => line_end.to_owned(),
        }
    }

    /// Returns the label of a note, which is unique in the book.
    pub(super) fn note_label(&self, note: usize) -> String {
        format!("[^{}-{}]", self.chapter, note + 1)
    }

    /// Returns text in a style. Marks are only understood in certain places; in any other a tag stands for them.
    fn styled(&self, style: Style, text: &[Inline], sides: Sides, line_end: &str) -> String {
        let (mark, tag) = match style {
            Style::Emphasis => ("*", "em"),
            Style::Strong => ("**", "strong"),
            Style::Struck => ("~~", "del"),
            Style::Subscript => ("", "sub"),
            Style::Superscript => ("", "sup"),
            Style::Underlined => ("", "u"),
            Style::Marked => ("", "mark"),
            Style::Key => ("", "kbd"),
        };
        let is_marked = !mark.is_empty() && fits(text, sides);
        let side = if is_marked { Side::Style } else { Side::Mark };
        let inside = self.pieces(text, Sides { before: side, after: side }, line_end);
        if is_marked { format!("{mark}{inside}{mark}") } else { format!("<{tag}>{inside}</{tag}>") }
    }
}

/// Returns whether marks around a text are understood there.
fn fits(text: &[Inline], sides: Sides) -> bool {
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return false };
    let opens = match first_side(first) {
        Side::Word => true,
        Side::Mark => sides.before == Side::Space,
        Side::Space | Side::Style => false,
    };
    let closes = match last_side(last) {
        Side::Word => true,
        Side::Mark => sides.after == Side::Space,
        Side::Space | Side::Style => false,
    };
    let only_text = text.iter().all(|inline| !matches!(inline, Inline::Styled { .. } | Inline::Break));
    opens && closes && only_text && sides.before != Side::Style && sides.after != Side::Style
}

fn first_side(inline: &Inline) -> Side {
    match inline {
        Inline::Text { text } => text.chars().next().map_or(Side::Space, side),
        Inline::Styled { .. } => Side::Style,
        Inline::Break => Side::Space,
        _ => Side::Mark,
    }
}

fn last_side(inline: &Inline) -> Side {
    match inline {
        Inline::Text { text } => text.chars().next_back().map_or(Side::Space, side),
        Inline::Styled { .. } => Side::Style,
        Inline::Break => Side::Space,
        _ => Side::Mark,
    }
}

fn side(c: char) -> Side {
    if c.is_whitespace() {
        Side::Space
    } else if c.is_alphanumeric() {
        Side::Word
    } else {
        Side::Mark
    }
}
