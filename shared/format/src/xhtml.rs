//! Writes a chapter's text as XHTML that is also HTML, for EPUB and for the HTML file.
//!
//! Every tag and attribute in the output is written here. The text always passes through [`escaped`].

mod blocks;
mod escape;
mod front;
mod inline;
mod notes;
mod practice;
mod semantics;
mod tables;

use super::{
    book::{Book, Chapter},
    direction::Direction,
    document::Place,
};
pub(super) use escape::escaped;
pub(super) use front::{contents_list, front_page, listed_headings, notice, part_title, title_lines};
use semantics::semantics;

/// The kind of file that the XHTML becomes part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// An EPUB's file, one for each chapter.
    Epub,
    /// The one HTML file.
    Html,
    /// A page of a site, one for each chapter.
    Site,
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
            Self::Epub => format!("{}.xhtml#{id}", file_stem(book, place.chapter)),
            Self::Html => format!("#{id}"),
            Self::Site => format!("{}.html#{id}", file_stem(book, place.chapter)),
        }
    }

    /// Returns the address of a part, for a contents list. On a site, a part begins with its first chapter.
    pub(super) fn part_href(self, book: &Book<'_>, part: usize) -> String {
        match self {
            Self::Site => format!("{}.html", file_stem(book, book.parts[part].first)),
            Self::Epub => format!("{}#part-{}", part_file(part), part + 1),
            Self::Html => format!("#part-{}", part + 1),
        }
    }

    /// Returns the address of a picture. The one HTML file holds its pictures itself.
    fn picture(self, book: &Book<'_>, picture: usize) -> String {
        let given = &book.manuscript.pictures[picture];
        match self {
            Self::Epub | Self::Site => given.file_name(picture),
            Self::Html => given.data_address(),
        }
    }

    /// Returns an attribute that only scripts read; nothing in files without any.
    fn data(self, name: &str, value: &str) -> String {
        match self {
            Self::Site => format!(" data-{name}=\"{value}\""),
            Self::Epub | Self::Html => String::new(),
        }
    }

    /// Returns an attribute that only EPUB readers understand; nothing for browsers, for which the role says the same.
    fn epub_type(self, value: &str) -> String {
        match self {
            Self::Epub => format!(" epub:type=\"{value}\""),
            Self::Html | Self::Site => String::new(),
        }
    }
}

/// Returns the name of a chapter's file, without its ending. The number is padded, so that names sort in reading order.
pub(super) fn file_stem(book: &Book<'_>, chapter: usize) -> String {
    let last = book.chapters.last().map_or(0, |chapter| chapter.number);
    let width = last.to_string().len().max(3);
    format!("chapter-{:0width$}", book.chapters[chapter].number)
}

/// Returns the name of a part's file in an EPUB.
pub(super) fn part_file(part: usize) -> String {
    format!("part-{:03}.xhtml", part + 1)
}

/// A chapter in XHTML.
pub(super) struct Written {
    /// The chapter as a section with its heading, its text and its notes.
    pub(super) xhtml: String,
    /// Whether it holds formulas.
    pub(super) formulas: bool,
}

/// Returns a chapter. Its heading has level 1 in a document of its own. In the one HTML file it stands below the book's title
/// and the title of its part.
pub(super) fn chapter(book: &Book<'_>, index: usize, medium: Medium) -> Written {
    let chapter = &book.chapters[index];
    let document = book.document(index);
    let references = vec![0; document.notes.len()];
    let mut writer = Writer { book, index, medium, out: String::new(), references };
    let semantics = semantics(chapter.role);
    let role = semantics.role.map(|role| format!(" role=\"{role}\"")).unwrap_or_default();
    writer.out.push_str(&format!(
        "<section class=\"chapter\" id=\"{}\"{role}{}>\n",
        chapter.id(),
        medium.epub_type(semantics.epub_type),
    ));
    writer.out.push_str(&chapter_heading(book, chapter, medium));
    writer.out.push_str(&front::goals(book, chapter));
    writer.blocks(&document.blocks);
    writer.write_notes(&document.notes);
    writer.out.push_str("</section>\n");
    Written { formulas: writer.out.contains("<math "), xhtml: writer.out }
}

fn chapter_heading(book: &Book<'_>, chapter: &Chapter<'_>, medium: Medium) -> String {
    let level = 1 + level_offset(medium, chapter);
    let number = front::number(chapter.shown_number());
    let dir = direction_attribute(book.direction, [chapter.title].into_iter());
    let title = escaped(chapter.title);
    format!("<header>\n<h{level}{dir}>{number}<span class=\"title\">{title}</span></h{level}>\n</header>\n")
}

/// Returns by how many levels headings move down. In the HTML file, only the book's title has level 1.
fn level_offset(medium: Medium, chapter: &Chapter<'_>) -> u8 {
    match medium {
        Medium::Epub | Medium::Site => 0,
        Medium::Html => 1 + u8::from(chapter.part.is_some()),
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
    medium: Medium,
    out: String,
    /// How many references to each note are written.
    references: Vec<usize>,
}

impl<'b> Writer<'b> {
    fn chapter(&self) -> &'b Chapter<'b> {
        &self.book.chapters[self.index]
    }
}
