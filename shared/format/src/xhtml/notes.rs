//! Footnotes: the references in the text, the notes at the chapter's end, and the links back.

use super::{Writer, escaped, level_offset};
use crate::document::{Block, Note};

const PARAGRAPH_END: &str = "</p>\n";

impl Writer<'_> {
    pub(super) fn note_reference(&mut self, note: usize) {
        let number = note + 1;
        self.references[note] += 1;
        let reference = format!(
            "<sup class=\"reference\"><a id=\"{}\" href=\"#{}\" role=\"doc-noteref\"{}>{number}</a></sup>",
            self.reference_id(number, self.references[note]),
            self.note_id(number),
            self.medium.epub_type("noteref"),
        );
        self.out.push_str(&reference);
    }

    /// Writes the notes of the chapter.
    pub(super) fn write_notes(&mut self, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        let level = 2 + level_offset(self.medium, self.chapter());
        self.out.push_str(&format!(
            "<section class=\"notes\" role=\"doc-endnotes\"{}>\n<h{level}>{}</h{level}>\n<ol>\n",
            self.medium.epub_type("endnotes"),
            self.book.terms.notes,
        ));
        for (number, note) in (1..).zip(notes) {
            self.write_note(number, note);
        }
        self.out.push_str("</ol>\n</section>\n");
    }

    fn write_note(&mut self, number: usize, note: &Note) {
        let id = self.note_id(number);
        // An item of a list cannot have the role itself.
        let kind = self.medium.epub_type("footnote");
        self.out.push_str(&format!("<li>\n<div id=\"{id}\" role=\"doc-footnote\"{kind}>\n"));
        let start = self.out.len();
        match &note.blocks[..] {
            [Block::Plain { text }] => self.line("p", "", text),
            blocks => self.blocks(blocks),
        }
        let back = self.links_back(number, note.references);
        if self.out[start..].ends_with(PARAGRAPH_END) {
            self.out.truncate(self.out.len() - PARAGRAPH_END.len());
            self.out.push_str(&format!("{back}{PARAGRAPH_END}"));
        } else if !back.is_empty() {
            self.out.push_str(&format!("<p>{back}{PARAGRAPH_END}"));
        }
        self.out.push_str("</div>\n</li>\n");
    }

    fn links_back(&self, number: usize, references: usize) -> String {
        let link = |nth| {
            format!(
                " <a class=\"back\" href=\"#{}\" role=\"doc-backlink\" aria-label=\"{}\">↩\u{FE0E}</a>",
                self.reference_id(number, nth),
                escaped(self.book.terms.back),
            )
        };
        (1..=references).map(link).collect()
    }

    fn note_id(&self, number: usize) -> String {
        format!("note-{}-{number}", self.chapter().number)
    }

    fn reference_id(&self, number: usize, nth: usize) -> String {
        let chapter = self.chapter().number;
        match nth {
            1 => format!("reference-{chapter}-{number}"),
            _ => format!("reference-{chapter}-{number}-{nth}"),
        }
    }
}
