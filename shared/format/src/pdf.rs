//! PDF: the source from which Typst sets the book. The program `bindery-pdf` does that, since the compiler of Typst is large.
//!
//! The source is code with texts as literals. No text of a chapter is ever read as markup.

mod blocks;
mod formula;
mod front;
mod inline;
mod opening;
mod practice;

use std::{borrow::Cow, fmt::Write};

use self::blocks::Writer;
use super::{
    RenderError,
    archive::{self, File},
    book::Book,
    epub,
    publication::Cover,
};

/// The look of all books.
const LOOK: &str = include_str!("pdf/book.typ");

/// Returns the sheets of the book: the source with its pictures, as an archive.
pub(super) fn sheets(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    let source = |name: &str, text: String| File { name: name.to_owned(), content: text.into_bytes().into() };
    let sources = [source("main.typ", main(book)), source("book.typ", LOOK.to_owned())];
    let pictures = book
        .manuscript
        .pictures
        .iter()
        .enumerate()
        .map(|(index, picture)| File { name: picture.file_name(index), content: Cow::Borrowed(picture.bytes()) });
    Ok(archive::pack(sources.into_iter().chain(pictures))?)
}

/// Returns the sheets of the cover: one page that the drawing fills, or the author's own image.
pub(super) fn cover_sheets(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    let file = |name: &str, content| File { name: name.to_owned(), content };
    match &book.manuscript.publication.cover {
        Cover::Image(image) => {
            let name = format!("cover.{}", image.kind().extension());
            let (width, height) = (image.width(), image.height());
            let page = cover_page(&name, width, height);
            let files = [file("main.typ", page.into_bytes().into()), file(&name, Cow::Borrowed(image.bytes()))];
            Ok(archive::pack(files.into_iter())?)
        }
        Cover::Drawn(design) => {
            let drawing = epub::drawn_cover(book, *design);
            let page = cover_page("cover.svg", epub::COVER_WIDTH, epub::COVER_HEIGHT);
            let files = [file("main.typ", page.into_bytes().into()), file("cover.svg", drawing.into_bytes().into())];
            Ok(archive::pack(files.into_iter())?)
        }
    }
}

/// Returns the source of a page that an image fills, a point for each pixel.
fn cover_page(name: &str, width: usize, height: usize) -> String {
    format!(
        "#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n#image(\"{name}\", width: 100%, height: 100%)\n"
    )
}

fn main(book: &Book<'_>) -> String {
    let mut out = front::front(book);
    let _ = writeln!(out, "#matter({})[", literal(&book.manuscript.title));
    let mut writer = Writer::new(book, out);
    for index in 0..book.chapters.len() {
        if let Some(part) = book.part_before(index) {
            let name = &book.parts[part].name;
            let number = name.number.as_deref().map_or_else(|| "none".to_owned(), literal);
            let (title, entry) = (literal(name.title), literal(&name.label()));
            let _ = writeln!(writer.out, "#part({number}, {title}, {entry}, label(\"part-{}\"));", part + 1);
        }
        writer.chapter(index);
    }
    writer.out.push_str("]\n");
    writer.out
}

/// Returns a text as a literal of Typst.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
