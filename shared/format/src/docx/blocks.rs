//! Paragraphs, lists, tables.

mod numbering;

use std::collections::VecDeque;

use self::numbering::Numbering;
use super::{
    footnotes::Footnotes,
    inline::{Look, text_run},
    paragraph,
};
use crate::{
    NumberStyle,
    book::Book,
    document::{Align, Block, BoxKind, Exercise, Inline, Item, Note, Place, Question},
    xhtml::escaped,
};

/// Writes the text of a document.
pub(super) struct Writer<'b> {
    pub(super) book: &'b Book<'b>,
    pub(super) out: String,
    pub(super) footnotes: Footnotes,
    pub(super) numbering: Numbering,
    /// The addresses of links that lead out of the book, in order.
    pub(super) links: Vec<String>,
    chapter: usize,
    notes: Vec<Note>,
    /// The footnote of each note that is referred to.
    numbers: Vec<Option<usize>>,
    /// The notes that stand behind the one that is being written; `None` outside of notes.
    behind_note: Option<VecDeque<usize>>,
    bookmarks: usize,
}

/// Where a block stands.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// The style of paragraphs there.
    style: Option<&'static str>,
    /// How many lists are around it.
    lists: usize,
}

impl<'b> Writer<'b> {
    pub(super) fn new(book: &'b Book<'b>) -> Self {
        Self {
            book,
            out: String::new(),
            footnotes: Footnotes::default(),
            numbering: Numbering::default(),
            links: Vec::new(),
            chapter: 0,
            notes: Vec::new(),
            behind_note: None,
            numbers: Vec::new(),
            bookmarks: 0,
        }
    }

    /// Writes a chapter with its heading. A bookmark tells which chapter it is, whatever its title becomes.
    pub(super) fn chapter(&mut self, index: usize) {
        let chapter = &self.book.chapters[index];
        let document = self.book.document(index);
        self.chapter = index;
        self.numbers = vec![None; document.notes.len()];
        self.notes = document.notes;
        let style = self.book.chapter_style();
        let number = match (style, chapter.counted()) {
            (NumberStyle::Arabic | NumberStyle::Roman, Some(number)) => self.numbering.chapter(number),
            _ => 0,
        };
        // Word processors have words for numbers too, but not the same ones.
        let title = match style {
            NumberStyle::Words => chapter.label(),
            NumberStyle::Arabic | NumberStyle::Roman | NumberStyle::None => chapter.heading_text(),
        };
        let title = text_run(&title, &Look::default());
        let title = self.bookmarked(&chapter.id(), &title);
        self.out.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{number}\"/></w:numPr></w:pPr>\
             {title}</w:p>"
        ));
        if !chapter.goals.is_empty() {
            self.out.push_str(&paragraph("GoalsHeading", &escaped(self.book.terms.goals)));
            self.out.extend(chapter.goals.iter().map(|goal| paragraph("Goal", &escaped(goal))));
        }
        self.blocks(&document.blocks, Inside::default());
        self.unreferred();
    }

    fn bookmarked(&mut self, name: &str, runs: &str) -> String {
        self.bookmarks += 1;
        let id = self.bookmarks;
        format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"{}\"/>{runs}<w:bookmarkEnd w:id=\"{id}\"/>", escaped(name))
    }

    /// Returns the bookmark of a place. Names of bookmarks have at most 40 characters, and no mark but the underscore.
    pub(super) fn anchor(&self, place: Place) -> String {
        let chapter = &self.book.chapters[place.chapter];
        match place.heading {
            None => chapter.id(),
            Some(heading) => format!("chapter-{}-heading-{}", chapter.number, heading + 1),
        }
    }

    fn blocks(&mut self, blocks: &[Block], inside: Inside) {
        blocks.iter().for_each(|block| self.block(block, inside));
    }

    fn block(&mut self, block: &Block, inside: Inside) {
        match block {
            Block::Paragraph { text } | Block::Plain { text } => {
                let plain = if inside.lists > 0 { "ListContinue" } else { "BodyText" };
                let style = inside.style.unwrap_or(plain);
                self.paragraph(style, &indent(inside.lists), text);
            }
            Block::Verse { text } => self.paragraph("Verse", &indent(inside.lists), text),
            Block::Heading { index, level, text } => {
                let place = Place { chapter: self.chapter, heading: Some(*index) };
                let (anchor, runs) = (self.anchor(place), self.runs(text, &Look::default()));
                let runs = self.bookmarked(&anchor, &runs);
                let level = level.clamp(&2, &6);
                self.out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"Heading{level}\"/></w:pPr>{runs}</w:p>"));
            }
            Block::Quote { kind, blocks } => {
                let style = kind.map_or("Quote", box_style);
                self.blocks(blocks, Inside { style: Some(style), ..inside });
            }
            Block::List { start, items } => self.list(*start, items, inside),
            Block::Quiz { start, questions } => {
                let items: Vec<Item> = questions.iter().map(Question::as_item).collect();
                self.list(Some(*start), &items, inside);
            }
            Block::Exercises { start, exercises } => {
                let items: Vec<Item> = exercises.iter().map(Exercise::as_item).collect();
                self.list(Some(*start), &items, inside);
            }
            Block::Definitions { items } => {
                for item in items {
                    self.paragraph("DefinitionTerm", "", &item.term);
                    let inside = Inside { style: Some("Definition"), ..inside };
                    item.meanings.iter().for_each(|blocks| self.blocks(blocks, inside));
                }
            }
            Block::Code { text, .. } => self.code(text, &indent(inside.lists)),
            Block::Formula { tex } => {
                let run = text_run(tex, &Look::default());
                self.out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"Formula\"/></w:pPr>{run}</w:p>"));
            }
            Block::Figure { picture, alt, caption } => {
                let drawing = self.drawing(*picture, alt);
                self.out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"Picture\"/></w:pPr>{drawing}</w:p>"));
                if !caption.is_empty() {
                    self.out.push_str(&paragraph("Caption", &escaped(caption)));
                }
            }
            Block::Table { columns, head, rows } => self.table(columns, head, rows),
            Block::Break => self.out.push_str(&paragraph("SceneBreak", "* * *")),
        }
    }

    fn paragraph(&mut self, style: &str, properties: &str, text: &[Inline]) {
        let runs = self.runs(text, &Look::default());
        self.out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>{runs}</w:p>"));
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], inside: Inside) {
        let number = self.numbering.list(start);
        let level = inside.lists.min(8);
        for item in items {
            let properties = format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{number}\"/></w:numPr>");
            let task = match item.done {
                Some(true) => text_run("☑ ", &Look::default()),
                Some(false) => text_run("☐ ", &Look::default()),
                None => String::new(),
            };
            let (first, rest): (&[Inline], &[Block]) = match &item.blocks[..] {
                [Block::Plain { text } | Block::Paragraph { text }, rest @ ..] => (text, rest),
                rest => (&[], rest),
            };
            let runs = self.runs(first, &Look::default());
            self.out.push_str(&format!(
                "<w:p><w:pPr><w:pStyle w:val=\"ListParagraph\"/>{properties}</w:pPr>{task}{runs}</w:p>"
            ));
            self.blocks(rest, Inside { lists: inside.lists + 1, ..inside });
        }
    }

    /// Writes a listing as one paragraph, so that its lines stay together when an editor works on them.
    fn code(&mut self, text: &str, properties: &str) {
        let lines: Vec<String> =
            text.trim_end_matches('\n').split('\n').map(|line| text_run(line, &Look::default())).collect();
        let runs = lines.join("<w:r><w:br/></w:r>");
        self.out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"SourceCode\"/>{properties}</w:pPr>{runs}</w:p>"));
    }

    fn table(&mut self, columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let grid = "<w:gridCol/>".repeat(columns.len());
        self.out.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        ));
        self.row(columns, head, "<w:trPr><w:tblHeader/></w:trPr>");
        rows.iter().for_each(|row| self.row(columns, row, ""));
        // A word processor needs a paragraph between two tables, and at the end of a document.
        self.out.push_str("</w:tbl><w:p><w:pPr><w:pStyle w:val=\"TableText\"/></w:pPr></w:p>");
    }

    fn row(&mut self, columns: &[Align], cells: &[Vec<Inline>], properties: &str) {
        let is_head = !properties.is_empty();
        let mut row = format!("<w:tr>{properties}");
        for (number, cell) in cells.iter().enumerate() {
            let align = match columns.get(number) {
                Some(Align::Center) => "<w:jc w:val=\"center\"/>",
                Some(Align::Right) => "<w:jc w:val=\"right\"/>",
                _ => "",
            };
            let look = if is_head { Look::bold() } else { Look::default() };
            let runs = self.runs(cell, &look);
            row.push_str(&format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>\
                 <w:p><w:pPr><w:pStyle w:val=\"TableText\"/>{align}</w:pPr>{runs}</w:p></w:tc>"
            ));
        }
        self.out.push_str(&row);
        self.out.push_str("</w:tr>");
    }

    /// Returns the reference to a note. Its footnote stands at the first one, and the others refer to that.
    ///
    /// No word processor takes a footnote within a footnote. One that a note refers to stands in the text behind that note.
    pub(super) fn note(&mut self, note: usize) -> String {
        if let Some(number) = self.numbers[note] {
            return referring(number);
        }
        if let Some(behind) = &mut self.behind_note {
            behind.push_back(note);
            return referring(self.numbered(note));
        }
        let number = self.numbered(note);
        let mut references = self.footnote(note, number);
        while let Some(note) = self.behind_note.as_mut().and_then(VecDeque::pop_front) {
            let number = self.numbered(note);
            references.push_str(&self.footnote(note, number));
        }
        self.behind_note = None;
        references
    }

    /// Returns the number of a note, which it gets when it is first referred to.
    fn numbered(&mut self, note: usize) -> usize {
        *self.numbers[note].get_or_insert_with(|| self.footnotes.next())
    }

    /// Writes the footnote of a note and returns the reference at which it stands.
    fn footnote(&mut self, note: usize, number: usize) -> String {
        self.behind_note.get_or_insert_default();
        let blocks = std::mem::take(&mut self.notes[note].blocks);
        let text = std::mem::take(&mut self.out);
        self.blocks(&blocks, Inside { style: Some("FootnoteText"), lists: 0 });
        let paragraphs = std::mem::replace(&mut self.out, text);
        let mark = "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r>\
             <w:r><w:t xml:space=\"preserve\"> </w:t></w:r>";
        let paragraphs = match paragraphs.starts_with("<w:p>").then(|| paragraphs.split_once("</w:pPr>")).flatten() {
            Some((start, rest)) => format!("{start}</w:pPr>{mark}{rest}"),
            None => format!("<w:p><w:pPr><w:pStyle w:val=\"FootnoteText\"/></w:pPr>{mark}</w:p>{paragraphs}"),
        };
        self.footnotes.add(number, &paragraphs);
        let reference = format!(
            "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"{number}\"/></w:r>"
        );
        self.bookmarked(&format!("_note{number}"), &reference)
    }

    /// Writes the notes that nothing refers to, for their text belongs to the chapter too.
    fn unreferred(&mut self) {
        for note in 0..self.notes.len() {
            if self.numbers[note].is_none() {
                let blocks = std::mem::take(&mut self.notes[note].blocks);
                self.blocks(&blocks, Inside::default());
            }
        }
    }
}

/// Returns a reference to the place at which a footnote stands.
fn referring(number: usize) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> NOTEREF _note{number} \\f \\h \
         </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/>\
         </w:rPr><w:t>{number}</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
    )
}

fn box_style(kind: BoxKind) -> &'static str {
    match kind {
        BoxKind::Note => "BoxNote",
        BoxKind::Tip => "BoxTip",
        BoxKind::Important => "BoxImportant",
        BoxKind::Warning => "BoxWarning",
        BoxKind::Caution => "BoxCaution",
    }
}

/// Returns the indent of a paragraph in lists.
fn indent(lists: usize) -> String {
    match lists {
        0 => String::new(),
        _ => format!("<w:ind w:left=\"{}\"/>", lists * 567),
    }
}
