//! Runs of text.

use super::blocks::Writer;
use crate::{
    document::{Inline, Style, Target},
    xhtml::escaped,
};

/// The widest picture, in English Metric Units: the text's width on A4.
const WIDEST: u64 = 5_700_000;
/// The size of a pixel at 96 pixels an inch.
const PIXEL: u64 = 9_525;

/// The properties of text, in the order in which a run must have them.
const ORDER: [&str; 7] = [
    "<w:b/>",
    "<w:i/>",
    "<w:strike/>",
    "<w:highlight w:val=\"yellow\"/>",
    "<w:u w:val=\"single\"/>",
    "<w:vertAlign w:val=\"subscript\"/>",
    "<w:vertAlign w:val=\"superscript\"/>",
];

/// The look of a run.
#[derive(Clone, Default)]
pub(super) struct Look {
    style: Option<&'static str>,
    properties: Vec<&'static str>,
}

impl Look {
    /// Returns the look of the cells in a table's head.
    pub(super) fn bold() -> Self {
        Self::default().with("<w:b/>")
    }

    fn with(&self, property: &'static str) -> Self {
        let mut look = self.clone();
        look.properties.push(property);
        look
    }

    fn styled(&self, style: &'static str) -> Self {
        Self { style: Some(style), ..self.clone() }
    }

    fn xml(&self) -> String {
        let style = self.style.map(|style| format!("<w:rStyle w:val=\"{style}\"/>")).unwrap_or_default();
        if style.is_empty() && self.properties.is_empty() {
            return String::new();
        }
        let properties: String = ORDER.into_iter().filter(|property| self.properties.contains(property)).collect();
        format!("<w:rPr>{style}{properties}</w:rPr>")
    }
}

impl Writer<'_> {
    /// Returns a line as runs.
    pub(super) fn runs(&mut self, inlines: &[Inline], look: &Look) -> String {
        inlines.iter().map(|inline| self.run(inline, look)).collect()
    }

    fn run(&mut self, inline: &Inline, look: &Look) -> String {
        match inline {
            Inline::Text { text } => text_run(text, look),
            Inline::Styled { style, text } => {
                let look = match style {
                    Style::Emphasis => look.with("<w:i/>"),
                    Style::Strong => look.with("<w:b/>"),
                    Style::Struck => look.with("<w:strike/>"),
                    Style::Subscript => look.with("<w:vertAlign w:val=\"subscript\"/>"),
                    Style::Superscript => look.with("<w:vertAlign w:val=\"superscript\"/>"),
                    Style::Underlined => look.with("<w:u w:val=\"single\"/>"),
                    Style::Marked => look.with("<w:highlight w:val=\"yellow\"/>"),
                    Style::Key => look.styled("Key"),
                };
                self.runs(text, &look)
            }
            Inline::Code { text } => text_run(text, &look.styled("Code")),
            Inline::Formula { tex, .. } => text_run(tex, &look.styled("Math")),
            Inline::Link { to, text, .. } => {
                let place = match to {
                    Target::Outside(url) => {
                        self.links.push(url.clone());
                        format!("r:id=\"link{}\"", self.links.len())
                    }
                    Target::Inside(place) => format!("w:anchor=\"{}\"", self.anchor(*place)),
                };
                let runs = self.runs(text, &look.styled("Hyperlink"));
                format!("<w:hyperlink {place} w:history=\"1\">{runs}</w:hyperlink>")
            }
            Inline::Picture { picture, alt } => self.drawing(*picture, alt),
            Inline::Ruby { base, reading } => {
                let reading = text_run(reading, look);
                let base = self.runs(base, look);
                format!(
                    "<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val=\"distributeSpace\"/><w:hps w:val=\"11\"/>\
                     <w:hpsRaise w:val=\"20\"/><w:hpsBaseText w:val=\"22\"/><w:lid w:val=\"ja-JP\"/></w:rubyPr>\
                     <w:rt>{reading}</w:rt><w:rubyBase>{base}</w:rubyBase></w:ruby></w:r>"
                )
            }
            Inline::Note { note } => self.note(*note),
            Inline::Break => "<w:r><w:br/></w:r>".to_owned(),
        }
    }

    /// Returns a picture, no wider than the text.
    pub(super) fn drawing(&self, picture: usize, alt: &str) -> String {
        let given = &self.book.manuscript.pictures[picture];
        let (width, height) = (u64::from(given.width()) * PIXEL, u64::from(given.height()) * PIXEL);
        let (width, height) = match width > WIDEST {
            true => (WIDEST, height * WIDEST / width),
            false => (width, height),
        };
        let (number, alt) = (picture + 1, escaped(alt));
        format!(
            "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{number}\" name=\"Picture {number}\" descr=\"{alt}\"/><a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr>\
             <pic:cNvPr id=\"{number}\" name=\"Picture {number}\" descr=\"{alt}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>\
             <a:blip r:embed=\"picture{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>\
             <a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>\
             </pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
    }
}

/// Returns a text as a run.
pub(super) fn text_run(text: &str, look: &Look) -> String {
    format!("<w:r>{}<w:t xml:space=\"preserve\">{}</w:t></w:r>", look.xml(), escaped(text))
}
