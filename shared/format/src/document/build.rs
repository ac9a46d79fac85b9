//! Builds the tree of a text from the events of its Markdown.

mod close;
mod html;
mod links;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag};

use super::{
    Align, Block, BoxKind, Document, Heading, Inline, Lost, Note, Style, Surroundings, breaks,
    events::Events,
    frame::{Frame, Open, Table},
    headings::Levels,
    nesting,
    notes::Notes,
    practice,
};
use crate::{clean::is_forbidden, slug::Slugs};

/// Parses Markdown whose formulas are marked.
pub(super) fn document(source: &str, book: &dyn Surroundings) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let parser = Parser::new_ext(source, options);
    let events = Events::new(nesting::bounded(parser.into_offset_iter()));
    let notes = Notes::read(&events);
    let mut builder = Builder {
        source,
        book,
        events: &events,
        note_blocks: notes.all.iter().map(|_| Vec::new()).collect(),
        notes: &notes,
        stack: vec![Frame::new(Open::Root)],
        open_tags: 0,
        levels: Levels::default(),
        slugs: Slugs::default(),
        headings: Vec::new(),
        lost: Vec::new(),
    };
    for at in 0..events.len() {
        builder.event(at);
    }
    builder.finish()
}

struct Builder<'b> {
    source: &'b str,
    book: &'b dyn Surroundings,
    events: &'b Events<'b>,
    notes: &'b Notes,
    note_blocks: Vec<Vec<Block>>,
    /// The open elements, the outermost first.
    stack: Vec<Frame>,
    open_tags: usize,
    levels: Levels,
    slugs: Slugs,
    headings: Vec<Heading>,
    lost: Vec<Lost>,
}

impl Builder<'_> {
    fn top(&mut self) -> &mut Frame {
        self.stack.last_mut().expect("the root is never closed")
    }

    fn event(&mut self, at: usize) {
        let events = self.events;
        match &events[at].0 {
            Event::Start(tag) => {
                let open = self.opened(at, tag);
                self.stack.push(Frame::new(open));
            }
            Event::End(end) => self.end(*end),
            Event::Text(text) => {
                self.top().push(Inline::Text { text: shown(text) });
            }
            Event::Code(code) => self.top().push(Inline::Code { text: code.to_string() }),
            Event::InlineMath(tex) => {
                self.top().push(Inline::Formula { tex: one_line(tex).trim().to_owned(), display: false })
            }
            Event::DisplayMath(tex) => {
                self.top().push(Inline::Formula { tex: one_line(tex).trim().to_owned(), display: true })
            }
            Event::InlineHtml(html) => self.inline_html(html),
            Event::Html(html) => self.top().push(Inline::text(&**html)),
            Event::SoftBreak => self.soft_break(at),
            Event::HardBreak => self.top().push(Inline::Break),
            Event::Rule => self.top().block(Block::Break),
            Event::FootnoteReference(label) => match self.notes.meant(at) {
                Some(note) => self.top().push(Inline::Note { note }),
                None => self.top().push(Inline::Text { text: format!("[^{label}]") }),
            },
            Event::TaskListMarker(done) => self.task(*done),
        }
    }

    fn opened(&mut self, at: usize, tag: &Tag<'_>) -> Open {
        match tag {
            Tag::Paragraph => Open::Paragraph { verse: breaks::are_meant(&self.source[self.events[at].1.clone()]) },
            Tag::Heading { level, .. } => {
                let in_note = self.stack.iter().any(|frame| matches!(frame.open, Open::Note(_)));
                Open::Heading { level: self.levels.next(*level as u8, in_note), in_note }
            }
            Tag::BlockQuote(kind) => Open::Quote(kind.map(box_kind)),
            Tag::CodeBlock(kind) => Open::Code { language: language(kind) },
            Tag::HtmlBlock | Tag::MetadataBlock(_) => Open::Html,
            Tag::List(start) => Open::List { start: *start, items: Vec::new() },
            Tag::Item => Open::Item { done: None },
            Tag::FootnoteDefinition(_) => {
                Open::Note(self.notes.defined_at(at).expect("the notes are read from the same events"))
            }
            Tag::DefinitionList => Open::Definitions(Vec::new()),
            Tag::DefinitionListTitle => Open::Term,
            Tag::DefinitionListDefinition => Open::Meaning,
            Tag::Table(columns) => Open::Table(Table {
                columns: columns.iter().map(|align| alignment(*align)).collect(),
                head: Vec::new(),
                rows: Vec::new(),
                row: Vec::new(),
            }),
            Tag::TableHead | Tag::TableRow => Open::Row,
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Style(Style::Emphasis),
            Tag::Strong => Open::Style(Style::Strong),
            Tag::Strikethrough => Open::Style(Style::Struck),
            Tag::Superscript => Open::Style(Style::Superscript),
            Tag::Subscript => Open::Style(Style::Subscript),
            Tag::Link { link_type, dest_url, title, .. } => {
                Open::Link { link_type: *link_type, destination: dest_url.to_string(), title: title.to_string() }
            }
            Tag::Image { dest_url, title, .. } => {
                Open::Picture { destination: dest_url.to_string(), title: title.to_string() }
            }
        }
    }

    /// Marks the item around a box as a task.
    fn task(&mut self, is_done: bool) {
        let item = self.stack.iter_mut().rev().find_map(|frame| match &mut frame.open {
            Open::Item { done } => Some(done),
            _ => None,
        });
        if let Some(done) = item {
            *done = Some(is_done);
        }
    }

    fn soft_break(&mut self, at: usize) {
        let in_verse = self.stack.iter().any(|frame| matches!(frame.open, Open::Paragraph { verse: true }));
        let next = match self.events.get(at + 1) {
            Some((Event::Text(text), _)) => text.chars().next(),
            _ => None,
        };
        if in_verse {
            self.top().push(Inline::Break);
        } else if self.top().is_space_before(next) {
            self.top().push(Inline::text(" "));
        }
    }

    fn finish(mut self) -> Document {
        while self.stack.len() > 1 {
            self.close_tag(false);
        }
        let blocks = self.stack.pop().expect("the root is never closed").into_blocks();
        let blocks = practice::marked(blocks, self.book.is_practice());
        let notes = self.note_blocks.into_iter().map(|blocks| Note { blocks, references: 0 }).collect();
        let mut document = Document { blocks, notes, headings: self.headings, lost: self.lost };
        super::notes::number(&mut document);
        document.lost.extend(links::lost_notes(&mut document.blocks));
        document.lost.sort();
        document.lost.dedup();
        document
    }
}

/// Returns a text of HTML or TeX, in which white space is one space.
fn one_line(text: &str) -> String {
    let mut line = text.split([' ', '\n', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if text.starts_with([' ', '\n', '\t']) {
        line.insert(0, ' ');
    }
    if text.ends_with([' ', '\n', '\t']) && line != " " {
        line.push(' ');
    }
    line
}

fn box_kind(kind: BlockQuoteKind) -> BoxKind {
    match kind {
        BlockQuoteKind::Note => BoxKind::Note,
        BlockQuoteKind::Tip => BoxKind::Tip,
        BlockQuoteKind::Important => BoxKind::Important,
        BlockQuoteKind::Warning => BoxKind::Warning,
        BlockQuoteKind::Caution => BoxKind::Caution,
    }
}

fn alignment(align: pulldown_cmark::Alignment) -> Align {
    match align {
        pulldown_cmark::Alignment::None => Align::Start,
        pulldown_cmark::Alignment::Left => Align::Left,
        pulldown_cmark::Alignment::Center => Align::Center,
        pulldown_cmark::Alignment::Right => Align::Right,
    }
}

/// Returns the name of a code block's language.
fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info
            .split([' ', ',', '\t', '{'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.'))
            .collect(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// Returns a text without the characters that no document may hold.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_forbidden(*c)).collect()
}
