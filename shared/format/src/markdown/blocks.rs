//! Blocks as Markdown.

use std::cell::Cell;

use super::{
    Anchors,
    escape::{guarded, longest_run},
    inline::Lines,
};
use crate::{
    book::Book,
    document::{Align, Block, Definition, Document, Exercise, Inline, Item, Note, Place, Question},
};

/// A line end that stays one, in a paragraph.
const LINE_END: &str = "\\\n";
/// A line end in a table's cell or a heading.
const TAG_LINE_END: &str = "<br>";
/// What keeps two lists or two quotes apart.
const APART: &str = "<!-- -->";

const DEEPEST_LEVEL: usize = 6;

/// Returns a chapter's text with its notes, without white space around it.
pub(super) fn chapter(book: &Book<'_>, index: usize, anchors: &Anchors) -> String {
    text(book, index, anchors, &book.document(index))
}

/// Returns a text in the place of a chapter's.
pub(super) fn text(book: &Book<'_>, index: usize, anchors: &Anchors, document: &Document) -> String {
    let lines = Lines { book, anchors, chapter: book.chapters[index].number, in_link: Cell::new(false) };
    let writer = Writer { lines, index };
    let mut pieces = vec![writer.blocks(&document.blocks, "\n\n")];
    pieces.extend(document.notes.iter().enumerate().map(|(number, note)| writer.note(number, note)));
    pieces.retain(|piece| !piece.is_empty());
    pieces.join("\n\n")
}

struct Writer<'b> {
    lines: Lines<'b>,
    index: usize,
}

impl Writer<'_> {
    fn blocks(&self, blocks: &[Block], tight: &str) -> String {
        let mut out = String::new();
        let mut above: Option<&Block> = None;
        for block in blocks {
            let written = self.block(block);
            if written.is_empty() {
                continue;
            }
            match above {
                None => {}
                Some(above) if join(above, block) => out.push_str(&format!("\n\n{APART}\n\n")),
                Some(Block::Plain { .. }) if interrupts(block) => out.push_str(tight),
                Some(_) => out.push_str("\n\n"),
            }
            out.push_str(&written);
            above = Some(block);
        }
        out
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Paragraph { text } | Block::Plain { text } | Block::Verse { text } => self.paragraph(text),
            Block::Heading { index, level, text } => {
                let hashes = "#".repeat(usize::from(*level).min(DEEPEST_LEVEL));
                let place = Place { chapter: self.index, heading: Some(*index) };
                format!("{hashes} {}{}", self.lines.line(text, TAG_LINE_END), self.lines.anchors.attributes(place))
            }
            Block::Quote { kind, blocks } => {
                let mut inside = self.blocks(blocks, "\n");
                if let Some(kind) = kind {
                    inside = format!("[!{}]\n{inside}", kind.name().to_uppercase());
                }
                inside.split('\n').map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Quiz { start, questions } => {
                self.list(Some(*start), &questions.iter().map(Question::as_item).collect::<Vec<_>>())
            }
            Block::Exercises { start, exercises } => {
                self.list(Some(*start), &exercises.iter().map(Exercise::as_item).collect::<Vec<_>>())
            }
            Block::Definitions { items } => {
                items.iter().map(|item| self.definition(item)).collect::<Vec<_>>().join("\n\n")
            }
            Block::Code { language, text } => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                let text = if text.is_empty() || text.ends_with('\n') { text.clone() } else { format!("{text}\n") };
                format!("{fence}{language}\n{text}{fence}")
            }
            Block::Formula { tex } => format!("$${tex}$$"),
            Block::Figure { picture, alt, caption } => {
                let text = if caption.is_empty() { alt } else { caption };
                self.lines.line(&[Inline::Picture { picture: *picture, alt: text.clone() }], "")
            }
            Block::Table { columns, head, rows } => self.table(columns, head, rows),
            Block::Break => "***".to_owned(),
        }
    }

    fn paragraph(&self, text: &[Inline]) -> String {
        let written = self.lines.line(text, LINE_END);
        let starts_with_text = matches!(text.first(), Some(Inline::Text { .. }));
        let lines: Vec<String> = written
            .split('\n')
            .enumerate()
            .map(|(number, line)| match number > 0 || starts_with_text {
                true => guarded(line.trim_start_matches(' ').to_owned()),
                false => line.to_owned(),
            })
            .collect();
        lines.join("\n")
    }

    fn list(&self, start: Option<u64>, items: &[Item]) -> String {
        let is_loose =
            items.iter().any(|item| item.blocks.iter().any(|block| matches!(block, Block::Paragraph { .. })));
        let between = if is_loose { "\n\n" } else { "\n" };
        let items = (start.unwrap_or(0)..).zip(items).map(|(number, item)| {
            let marker = if start.is_some() { format!("{number}. ") } else { "- ".to_owned() };
            let has_text = matches!(item.blocks.first(), Some(Block::Plain { .. } | Block::Paragraph { .. }));
            let task = match item.done {
                Some(true) if has_text => "[x] ",
                Some(false) if has_text => "[ ] ",
                // Only text can follow the box of a task.
                Some(true) => "☑\n\n",
                Some(false) => "☐\n\n",
                None => "",
            };
            let text = self.blocks(&item.blocks, "\n");
            let below = " ".repeat(marker.len());
            format!("{marker}{}", indented(&format!("{task}{text}"), &below)).trim_end().to_owned()
        });
        items.collect::<Vec<_>>().join(between)
    }

    fn definition(&self, definition: &Definition) -> String {
        let term = guarded(self.lines.line(&definition.term, TAG_LINE_END));
        let meanings = definition
            .meanings
            .iter()
            .map(|blocks| format!(":   {}", indented(&self.blocks(blocks, "\n"), "    ")).trim_end().to_owned());
        let meanings: Vec<String> = meanings.collect();
        format!("{term}\n{}", meanings.join("\n"))
    }

    fn table(&self, columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> String {
        let mut lines = vec![self.row(head)];
        let rule = columns.iter().map(|align| match align {
            Align::Start => "---",
            Align::Left => ":--",
            Align::Center => ":-:",
            Align::Right => "--:",
        });
        lines.push(format!("|{}|", rule.collect::<Vec<_>>().join("|")));
        lines.extend(rows.iter().map(|row| self.row(row)));
        lines.join("\n")
    }

    fn row(&self, cells: &[Vec<Inline>]) -> String {
        let cells = cells.iter().map(|cell| {
            let line = self.lines.line(cell, TAG_LINE_END).replace('\n', " ");
            // Text escapes its bars, but code and formulas have them as they are.
            bars_escaped(&line)
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    }

    fn note(&self, number: usize, note: &Note) -> String {
        let text = self.blocks(&note.blocks, "\n\n");
        format!("{}: {}", self.lines.note_label(number), indented(&text, "    ")).trim_end().to_owned()
    }
}

/// Returns a text with every bar escaped, for a table's cell.
fn bars_escaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut escape = false;
    for c in line.chars() {
        if c == '|' && !escape {
            out.push('\\');
        }
        escape = c == '\\' && !escape;
        out.push(c);
    }
    out
}

/// Returns a text whose lines but the first begin further in.
fn indented(text: &str, indent: &str) -> String {
    let mut lines = text.split('\n');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
    }
    out
}

/// Returns whether two blocks would become one.
fn join(above: &Block, below: &Block) -> bool {
    let is_numbered = |block: &Block| match block {
        Block::List { start, .. } => Some(start.is_some()),
        Block::Quiz { .. } | Block::Exercises { .. } => Some(true),
        _ => None,
    };
    match (above, below) {
        _ if is_numbered(above).is_some() => is_numbered(above) == is_numbered(below),
        (Block::Quote { .. }, Block::Quote { .. }) | (Block::Definitions { .. }, Block::Definitions { .. }) => true,
        // A definition goes on with what stands below it further in, and a list with a listing.
        _ => false,
    }
}

/// Returns whether a block may follow a line at once.
fn interrupts(block: &Block) -> bool {
    match block {
        Block::List { start, items } => {
            start.is_none_or(|start| start == 1) && items.first().is_some_and(|item| !item.blocks.is_empty())
        }
        Block::Quote { .. } | Block::Code { .. } => true,
        _ => false,
    }
}
