//! Footnotes: the references in the text, the notes at the chapter's end, and the links back.

use std::collections::HashMap;

use super::{Writer, escaped, level_offset};

const PARAGRAPH_END: &str = "</p>\n";

/// The notes referred to so far, numbered in the order of their first reference.
#[derive(Default)]
pub(super) struct NoteNumbers {
    /// The number of each note, from 1.
    numbers: HashMap<usize, usize>,
    /// The notes by number.
    order: Vec<usize>,
    /// The number of references to each note, by number.
    references: Vec<usize>,
}

impl NoteNumbers {
    /// Returns the number of a note, which is the next one at its first reference.
    fn number(&mut self, note: usize) -> usize {
        *self.numbers.entry(note).or_insert_with(|| {
            self.order.push(note);
            self.references.push(0);
            self.order.len()
        })
    }
}

impl Writer<'_> {
    pub(super) fn note_reference(&mut self, at: usize, label: &str) {
        let Some(note) = self.body.notes.meant(at) else {
            return self.text(&format!("[^{label}]"));
        };
        let number = self.note_numbers.number(note);
        self.note_numbers.references[number - 1] += 1;
        let reference = format!(
            "<sup class=\"reference\"><a id=\"{}\" href=\"#{}\" role=\"doc-noteref\"{}>{number}</a></sup>",
            self.reference_id(number, self.note_numbers.references[number - 1]),
            self.note_id(number),
            self.medium.epub_type("noteref"),
        );
        self.push_reference(&reference);
    }

    /// Writes the notes of the chapter. Notes without a reference come last, for their text belongs to the chapter too.
    pub(super) fn write_notes(&mut self) {
        let contents = self.note_contents();
        if contents.is_empty() {
            return;
        }
        let level = 2 + level_offset(self.medium);
        self.out.push_str(&format!(
            "<section class=\"notes\" role=\"doc-endnotes\"{}>\n<h{level}>{}</h{level}>\n<ol>\n",
            self.medium.epub_type("endnotes"),
            self.book.terms.notes,
        ));
        for (number, content) in (1..).zip(contents) {
            let item = self.note_item(number, &content);
            self.out.push_str(&item);
        }
        self.out.push_str("</ol>\n</section>\n");
    }

    /// Returns the content of each note, by number. A note may refer to further ones and to earlier ones, so that the links
    /// back are known only after the last note.
    fn note_contents(&mut self) -> Vec<String> {
        let notes = &self.body.notes.all;
        let mut contents = Vec::with_capacity(notes.len());
        let text = std::mem::take(&mut self.out);
        for unreferred in 0..=notes.len() {
            while let Some(note) = self.note_numbers.order.get(contents.len()) {
                self.write(notes[*note].content.clone());
                contents.push(std::mem::take(&mut self.out));
            }
            if unreferred < notes.len() {
                self.note_numbers.number(unreferred);
            }
        }
        self.out = text;
        contents
    }

    fn note_item(&self, number: usize, content: &str) -> String {
        let back: String = (1..=self.note_numbers.references[number - 1])
            .map(|nth| {
                format!(
                    " <a class=\"back\" href=\"#{}\" role=\"doc-backlink\" aria-label=\"{}\">↩\u{FE0E}</a>",
                    self.reference_id(number, nth),
                    escaped(self.book.terms.back),
                )
            })
            .collect();
        let content = match content.strip_suffix(PARAGRAPH_END) {
            Some(start) => format!("{start}{back}{PARAGRAPH_END}"),
            None => format!("{content}<p>{back}{PARAGRAPH_END}"),
        };
        format!("<li id=\"{}\"{}>\n{content}</li>\n", self.note_id(number), self.medium.epub_type("footnote"),)
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
