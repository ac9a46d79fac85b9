//! Pieces of a line.

use super::{blocks::Writer, formula, literal};
use crate::document::{Inline, Place, Style, Target};

impl Writer<'_> {
    pub(super) fn inlines(&mut self, inlines: &[Inline]) {
        inlines.iter().for_each(|inline| self.inline(inline));
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text { text } => self.expression(&literal(text)),
            Inline::Styled { style, text } => self.styled(function(*style), text),
            Inline::Code { text } => self.expression(&format!("raw({})", literal(text))),
            // A line of text holds no formula on a line of its own.
            Inline::Formula { tex, .. } => self.expression(&formula::equation(tex, false)),
            Inline::Link { to, text, .. } => {
                let call = match to {
                    Target::Outside(url) => format!("link({})", literal(url)),
                    Target::Inside(place) => format!("go(label({}))", literal(&self.anchor(*place))),
                };
                self.styled(&call, text);
            }
            Inline::Picture { picture, alt } => {
                let call = format!("small-picture({}, {})", self.file(*picture), literal(alt));
                self.expression(&call);
            }
            Inline::Ruby { base, reading } => {
                self.out.push_str("#ruby([");
                self.inlines(base);
                self.out.push_str(&format!("], {});", literal(reading)));
            }
            Inline::Note { note } => self.note(*note),
            Inline::Break => self.out.push_str("#linebreak();"),
        }
    }

    /// Writes an expression. The semicolon parts it from what follows.
    fn expression(&mut self, code: &str) {
        self.out.push('#');
        self.out.push_str(code);
        self.out.push(';');
    }

    fn styled(&mut self, call: &str, text: &[Inline]) {
        self.out.push_str(&format!("#{call}["));
        self.inlines(text);
        self.out.push_str("];");
    }

    /// Returns the label of a place.
    pub(super) fn anchor(&self, place: Place) -> String {
        let chapter = &self.book.chapters[place.chapter];
        match place.heading {
            None => chapter.id(),
            Some(heading) => format!("chapter-{}-heading-{}", chapter.number, heading + 1),
        }
    }

    /// Returns the literal of a picture's file name.
    pub(super) fn file(&self, picture: usize) -> String {
        literal(&self.book.manuscript.pictures[picture].file_name(picture))
    }
}

fn function(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "emph",
        Style::Strong => "strong",
        Style::Struck => "strike",
        Style::Subscript => "sub",
        Style::Superscript => "super",
        Style::Underlined => "underline",
        Style::Marked => "highlight",
        Style::Key => "key",
    }
}
