//! Pieces of a line: text, styles, code, links, formulas.

use super::{Writer, escaped};
use crate::{
    direction::Direction,
    document::{Inline, Style, Target},
    formula,
};

impl Writer<'_> {
    pub(super) fn inlines(&mut self, inlines: &[Inline]) {
        inlines.iter().for_each(|inline| self.inline(inline));
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text { text } => self.out.push_str(&escaped(text)),
            Inline::Styled { style, text } => {
                let element = element(*style);
                self.out.push_str(&format!("<{element}>"));
                self.inlines(text);
                self.out.push_str(&format!("</{element}>"));
            }
            Inline::Code { text } => self.code(text),
            Inline::Formula { tex, display } => self.formula(tex, *display),
            Inline::Link { to, text, .. } => {
                let href = match to {
                    Target::Outside(url) => url.clone(),
                    Target::Inside(place) => self.medium.href(self.book, *place),
                };
                self.out.push_str(&format!("<a href=\"{}\">", escaped(&href)));
                self.inlines(text);
                self.out.push_str("</a>");
            }
            Inline::Picture { picture, alt } => {
                let image = self.image(*picture, alt);
                self.out.push_str(&image);
            }
            Inline::Ruby { base, reading } => {
                self.out.push_str("<ruby>");
                self.inlines(base);
                self.out.push_str(&format!("<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>", escaped(reading)));
            }
            Inline::Note { note } => self.note_reference(*note),
            Inline::Break => self.out.push_str("<br/>\n"),
        }
    }

    fn code(&mut self, code: &str) {
        let dir = match self.book.direction {
            Direction::LeftToRight => "",
            Direction::RightToLeft => " dir=\"ltr\"",
        };
        self.out.push_str(&format!("<code{dir}>{}</code>", escaped(code)));
    }

    /// Writes a formula. One that is not understood stands as it was typed.
    pub(super) fn formula(&mut self, tex: &str, display: bool) {
        match formula::mathml(tex, display) {
            Some(mathml) => self.out.push_str(&mathml),
            None => self.out.push_str(&format!("<code class=\"formula\" dir=\"ltr\">{}</code>", escaped(tex))),
        }
    }

    pub(super) fn image(&self, picture: usize, alt: &str) -> String {
        let source = self.medium.picture(self.book, picture);
        format!("<img src=\"{}\" alt=\"{}\"/>", escaped(&source), escaped(alt))
    }
}

fn element(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "em",
        Style::Strong => "strong",
        Style::Struck => "del",
        Style::Subscript => "sub",
        Style::Superscript => "sup",
        Style::Underlined => "u",
        Style::Marked => "mark",
        Style::Key => "kbd",
    }
}
