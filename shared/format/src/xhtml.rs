//! Writes a chapter's text as XHTML that is also HTML, for EPUB and for the HTML file.
//!
//! Every tag and attribute in the output is written here. The text always passes through [`escaped`].

mod blocks;
mod escape;
mod front;
mod inline;
mod notes;
mod tables;

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use self::{inline::Inline, notes::NoteNumbers, tables::Table};
use super::{
    body::Body,
    book::{Book, Chapter, Place},
    direction::Direction,
};
pub(super) use escape::escaped;
pub(super) use front::{contents_list, front_page, listed_headings, notice, title_lines};
pub(super) use inline::is_line_break;

/// The kind of file that the XHTML becomes part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// An EPUB's file, one for each chapter.
    Epub,
    /// The one HTML file.
    Html,
}

impl Medium {
    /// Returns the address of a place, for a link in a chapter.
    pub(super) fn href(self, book: &Book<'_>, place: Place) -> String {
        let chapter = &book.chapters[place.chapter];
        let id = match place.heading {
            Some(heading) => chapter.heading_id(heading),
            None => chapter.id(),
        };
        match self {
            Self::Epub => format!("{}#{id}", file_name(book, place.chapter)),
            Self::Html => format!("#{id}"),
        }
    }

    /// Returns an attribute that only EPUB readers understand; nothing for HTML, where the role says the same.
    fn epub_type(self, value: &str) -> String {
        match self {
            Self::Epub => format!(" epub:type=\"{value}\""),
            Self::Html => String::new(),
        }
    }
}

/// Returns the name of a chapter's file in an EPUB. The number is padded, so that names sort in reading order.
pub(super) fn file_name(book: &Book<'_>, chapter: usize) -> String {
    let last = book.chapters.last().map_or(0, |chapter| chapter.number);
    let width = last.to_string().len().max(3);
    format!("chapter-{:0width$}.xhtml", book.chapters[chapter].number)
}

/// Returns a chapter as a section with its heading, its text and its notes. The heading has level 1 in a document of its own,
/// and level 2 below the book's title.
pub(super) fn chapter(book: &Book<'_>, index: usize, medium: Medium) -> String {
    let chapter = &book.chapters[index];
    let body = chapter.body();
    let mut writer = Writer::new(book, index, &body, medium);
    writer.out.push_str(&format!(
        "<section class=\"chapter\" id=\"{}\" role=\"doc-chapter\"{}>\n",
        chapter.id(),
        medium.epub_type("chapter"),
    ));
    writer.out.push_str(&chapter_heading(book, chapter, medium));
    writer.write(0..body.events.len());
    writer.write_notes();
    writer.out.push_str("</section>\n");
    writer.out
}

fn chapter_heading(book: &Book<'_>, chapter: &Chapter<'_>, medium: Medium) -> String {
    let level = 1 + level_offset(medium);
    let number = match chapter.shown_number() {
        Some(number) => format!("<span class=\"number\">{number}</span> "),
        None => String::new(),
    };
    let dir = direction_attribute(book.direction, [chapter.title].into_iter());
    let title = escaped(chapter.title);
    format!("<header>\n<h{level}{dir}>{number}<span class=\"title\">{title}</span></h{level}>\n</header>\n")
}

/// Returns by how many levels headings move down. In the HTML file, only the book's title has level 1.
fn level_offset(medium: Medium) -> u8 {
    match medium {
        Medium::Epub => 0,
        Medium::Html => 1,
    }
}

/// Returns a `dir` attribute, with a space before it, for texts that do not have the book's direction.
fn direction_attribute<'t>(book: Direction, texts: impl Iterator<Item = &'t str>) -> String {
    match Direction::of(texts) {
        Some(direction) if direction != book => format!(" dir=\"{}\"", direction.value()),
        _ => String::new(),
    }
}

/// Writes the text of one chapter.
struct Writer<'b> {
    book: &'b Book<'b>,
    index: usize,
    body: &'b Body<'b>,
    medium: Medium,
    out: String,
    inline: Inline,
    table: Option<Table>,
    note_numbers: NoteNumbers,
}

impl<'b> Writer<'b> {
    fn new(book: &'b Book<'b>, index: usize, body: &'b Body<'b>, medium: Medium) -> Self {
        Self {
            book,
            index,
            body,
            medium,
            out: String::new(),
            inline: Inline::default(),
            table: None,
            note_numbers: NoteNumbers::default(),
        }
    }

    fn chapter(&self) -> &'b Chapter<'b> {
        &self.book.chapters[self.index]
    }

    /// Writes a range of events, except for the notes in it, which stand at the chapter's end.
    fn write(&mut self, range: Range<usize>) {
        let body = self.body;
        let mut at = range.start;
        while at < range.end {
            match body.notes.defined_at(at) {
                Some(note) => at = body.notes.all[note].content.end + 1,
                None => {
                    self.write_event(at, &body.events[at].0);
                    at += 1;
                }
            }
        }
    }

    fn write_event(&mut self, at: usize, event: &Event<'_>) {
        match event {
            Event::Start(tag) if tables::is_part(tag) => self.start_table_part(at, tag),
            Event::Start(
                tag @ (Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }),
            ) => self.start_inline(tag),
            Event::Start(tag) => self.start_block(at, tag),
            Event::End(end) => self.end(*end),
            Event::Text(text) => self.text(text),
            Event::Code(code) => self.code(code),
            Event::InlineHtml(html) => self.inline_html(html),
            Event::Html(line) => self.html_line(line),
            Event::SoftBreak => self.soft_break(at),
            Event::HardBreak => self.out.push_str("<br/>\n"),
            Event::Rule => self.out.push_str("<hr/>\n"),
            Event::FootnoteReference(label) => self.note_reference(at, label),
            Event::TaskListMarker(done) => self.task_marker(*done),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
        }
    }

    /// Returns the `dir` attribute for the element that starts at an event.
    fn direction_of(&self, at: usize) -> String {
        let body = self.body;
        let texts = body.events[body.events.inside(at)].iter().filter_map(|(event, _)| match event {
            Event::Text(text) => Some(&**text),
            _ => None,
        });
        direction_attribute(self.book.direction, texts)
    }
}
