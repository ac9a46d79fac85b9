//! The footnotes of a document.

use super::{HEAD, SPACES};

/// All footnotes, in the order of their references.
#[derive(Default)]
pub(super) struct Footnotes {
    xml: String,
    count: usize,
}

impl Footnotes {
    /// Returns the number for the next footnote.
    pub(super) fn next(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    /// Adds a footnote with its paragraphs.
    pub(super) fn add(&mut self, number: usize, paragraphs: &str) {
        self.xml.push_str(&format!("<w:footnote w:id=\"{number}\">{paragraphs}</w:footnote>"));
    }

    pub(super) fn document(&self) -> String {
        format!(
            "{HEAD}<w:footnotes {SPACES}>\
             <w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\
             <w:footnote w:type=\"continuationSeparator\" w:id=\"0\"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>\
             {}</w:footnotes>",
            self.xml,
        )
    }
}
