//! Chapters and their blocks.

use std::fmt::Write;

use super::{formula, literal, opening::Opening};
use crate::{
    book::Book,
    document::{Align, Block, BoxKind, Inline, Item, Note, Place, letters, plain_text},
};

/// Writes the text of a book.
pub(super) struct Writer<'b> {
    pub(super) book: &'b Book<'b>,
    pub(super) out: String,
    chapter: usize,
    notes: Vec<Note>,
    /// Whether a note stands in the text already.
    written: Vec<bool>,
}

impl<'b> Writer<'b> {
    pub(super) fn new(book: &'b Book<'b>, out: String) -> Self {
        Self { book, out, chapter: 0, notes: Vec::new(), written: Vec::new() }
    }

    pub(super) fn chapter(&mut self, index: usize) {
        let chapter = &self.book.chapters[index];
        let document = self.book.document(index);
        self.chapter = index;
        self.written = vec![false; document.notes.len()];
        self.notes = document.notes;
        let number = chapter.shown_number().map_or_else(|| "none".to_owned(), literal);
        let _ = writeln!(
            self.out,
            "#chapter({number}, {}, {}, {}, label({}));",
            literal(&chapter.heading_text()),
            literal(&chapter.label()),
            self.level(),
            literal(&chapter.id()),
        );
        self.goals(chapter.goals);
        let begun = self.opening(&document.blocks);
        self.blocks(&document.blocks[begun..]);
        for note in 0..self.notes.len() {
            if !self.written[note] {
                self.out.push_str("#unreferred[");
                self.note_text(note);
                self.out.push_str("];\n");
            }
        }
    }

    /// Writes what readers can do afterwards.
    fn goals(&mut self, goals: &[String]) {
        if !goals.is_empty() {
            let goals: String = goals.iter().map(|goal| literal(goal) + ", ").collect();
            let _ = writeln!(self.out, "#goals({}, ({goals}));", literal(self.book.terms.goals));
        }
    }

    /// Writes the first paragraph with a large letter, if the chapter begins with one that can have it, and the paragraph after it.
    /// Returns how many blocks these are.
    fn opening(&mut self, blocks: &[Block]) -> usize {
        let [Block::Paragraph { text }, after @ ..] = blocks else { return 0 };
        let Some(Opening { letter, words, rest }) = Opening::of(self.book.chapters[self.chapter].role, text) else {
            return 0;
        };
        let words: String = words.iter().map(|word| literal(word) + ", ").collect();
        self.out.push_str(&format!("#opening-paragraph({}, ({words}), [", literal(&letter.to_string())));
        self.inlines(rest);
        self.out.push_str("]);\n");
        match after {
            [Block::Paragraph { text }, ..] => {
                self.line("next-paragraph", text);
                2
            }
            _ => 1,
        }
    }

    /// Returns the level of the chapter's heading. Chapters in parts stand below them.
    fn level(&self) -> u8 {
        1 + u8::from(self.book.chapters[self.chapter].part.is_some())
    }

    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } => self.paragraph(text),
            Block::Plain { text } => {
                self.inlines(text);
                self.out.push('\n');
            }
            Block::Verse { text } => self.line("verse", text),
            Block::Heading { index, level, text } => self.heading(*index, *level, text),
            Block::Quote { kind, blocks } => {
                let call = kind.map_or_else(|| "quote(block: true)".to_owned(), box_call);
                self.around(&call, blocks);
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Quiz { start, questions } => self.quiz(*start, questions),
            Block::Exercises { start, exercises } => self.exercises(*start, exercises),
            Block::Definitions { items } => {
                self.out.push_str("#definitions((");
                for item in items {
                    self.out.push_str("([");
                    self.inlines(&item.term);
                    self.out.push_str("], (");
                    for meaning in &item.meanings {
                        self.content(meaning);
                        self.out.push_str(", ");
                    }
                    self.out.push_str(")), ");
                }
                self.out.push_str("));\n");
            }
            Block::Code { language, text } => {
                let lang = if language.is_empty() { "none".to_owned() } else { literal(language) };
                let text = literal(text.trim_end_matches('\n'));
                let _ = writeln!(self.out, "#raw(block: true, lang: {lang}, {text});");
            }
            Block::Formula { tex } => {
                let _ = writeln!(self.out, "#{};", formula::equation(tex, true));
            }
            Block::Figure { picture, alt, caption } => self.figure(*picture, alt, caption),
            Block::Table { columns, head, rows } => self.table(columns, head, rows),
            Block::Break => self.out.push_str("#scene-break;\n"),
        }
    }

    fn paragraph(&mut self, text: &[Inline]) {
        let turned = letters(text).filter(|direction| *direction != self.book.direction);
        match turned {
            Some(direction) => self.line(&format!("turned({})", direction.value()), text),
            None => self.line("par", text),
        }
    }

    fn line(&mut self, call: &str, text: &[Inline]) {
        self.out.push_str(&format!("#{call}["));
        self.inlines(text);
        self.out.push_str("];\n");
    }

    fn around(&mut self, call: &str, blocks: &[Block]) {
        self.out.push_str(&format!("#{call}"));
        self.content(blocks);
        self.out.push_str(";\n");
    }

    /// Writes blocks as one piece of content.
    pub(super) fn content(&mut self, blocks: &[Block]) {
        self.out.push('[');
        self.blocks(blocks);
        self.out.push(']');
    }

    fn heading(&mut self, index: usize, level: u8, text: &[Inline]) {
        let anchor = self.anchor(Place { chapter: self.chapter, heading: Some(index) });
        if plain_text(text).is_empty() {
            let _ = writeln!(self.out, "#place-of(label({}));", literal(&anchor));
            return self.inlines(text);
        }
        let level = level - 1 + self.level();
        self.out.push_str(&format!("#section({level}, ["));
        self.inlines(text);
        let _ = writeln!(self.out, "], label({}));", literal(&anchor));
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) {
        match start {
            Some(start) => self.out.push_str(&format!("#enum(start: {start}, ")),
            None => self.out.push_str("#list("),
        }
        for item in items {
            match item.done {
                Some(done) => {
                    self.out.push_str(&format!("task({done})"));
                    self.content(&item.blocks);
                }
                None => self.content(&item.blocks),
            }
            self.out.push_str(", ");
        }
        self.out.push_str(");\n");
    }

    fn figure(&mut self, picture: usize, alt: &str, caption: &str) {
        let given = &self.book.manuscript.pictures[picture];
        let (file, alt) = (self.file(picture), literal(alt));
        let image = format!("picture({file}, {alt}, {}, {})", given.width(), given.height());
        let caption = if caption.is_empty() { "none".to_owned() } else { literal(caption) };
        let _ =
            writeln!(self.out, "#figure({image}, caption: {caption}, kind: image, supplement: none, numbering: none);");
    }

    fn table(&mut self, columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let aligns: String = columns.iter().map(|column| align(*column).to_owned() + ", ").collect();
        self.out.push_str(&format!("#rows({}, ({aligns}), (", columns.len()));
        self.cells(columns.len(), head);
        self.out.push_str("), (");
        rows.iter().for_each(|row| self.cells(columns.len(), row));
        self.out.push_str("));\n");
    }

    /// Writes a row, with a cell for each column.
    fn cells(&mut self, columns: usize, row: &[Vec<Inline>]) {
        for column in 0..columns {
            self.out.push('[');
            self.inlines(row.get(column).map_or(&[], Vec::as_slice));
            self.out.push_str("], ");
        }
    }

    /// Writes a note at its first reference. Later references only repeat its number.
    pub(super) fn note(&mut self, note: usize) {
        let label = literal(&format!("chapter-{}-note-{}", self.book.chapters[self.chapter].number, note + 1));
        if self.written[note] {
            self.out.push_str(&format!("#footnote(label({label}));"));
            return;
        }
        self.out.push_str("#note([");
        self.note_text(note);
        self.out.push_str(&format!("], label({label}));"));
    }

    fn note_text(&mut self, note: usize) {
        self.written[note] = true;
        let blocks = std::mem::take(&mut self.notes[note].blocks);
        // The first paragraph stands beside the number only if it is no paragraph of its own.
        match &blocks[..] {
            [Block::Paragraph { text }, rest @ ..] => {
                self.inlines(text);
                self.blocks(rest);
            }
            rest => self.blocks(rest),
        }
    }
}

fn box_call(kind: BoxKind) -> String {
    format!("boxed({})", literal(kind.name()))
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Start => "start",
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}
