//! Markdown: one file that pandoc takes as a book, and that other tools read too.
//!
//! Parts and chapters have level 1, and the title stands in the metadata alone. Everything is written from the tree, so that
//! nothing of a chapter's own markup can leave its place.

mod anchors;
mod blocks;
mod escape;
mod inline;

pub(super) use self::escape::{escaped, escaped_line, guarded};
use self::{anchors::Anchors, escape::quoted};
use super::{Role, book::Book, document::Document};

/// Renders the book as one Markdown file.
pub(super) fn render(book: &Book<'_>) -> String {
    let anchors = Anchors::of(book);
    let mut out = front_matter(book);
    out.push_str(&notice(book));
    for (index, chapter) in book.chapters.iter().enumerate() {
        if let Some(part) = book.part_before(index) {
            out.push_str(&format!("\n# {} {{.part .unnumbered}}\n", escaped(book.parts[part].title)));
        }
        let classes = if chapter.role == Role::Chapter { "" } else { " {.unnumbered}" };
        let title = escaped(chapter.heading_text().as_str());
        out.push_str(&format!("\n# {title}{}\n", anchors.chapter_attributes(index, classes)));
        let body = blocks::chapter(book, index, &anchors);
        if !body.is_empty() {
            out.push_str(&format!("\n{body}\n"));
        }
    }
    out
}

/// Writes chapters by themselves, as they are stored.
pub(super) struct Alone<'b> {
    book: &'b Book<'b>,
    anchors: Anchors,
}

impl<'b> Alone<'b> {
    pub(super) fn of(book: &'b Book<'b>) -> Self {
        Self { book, anchors: Anchors::of(book) }
    }

    /// Returns a text in the place of a chapter's.
    pub(super) fn chapter(&self, index: usize, document: &Document) -> String {
        blocks::text(self.book, index, &self.anchors, document)
    }
}

/// Returns the metadata, under the names that pandoc and the site generators read.
fn front_matter(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut lines = vec![format!("title: {}", quoted(&manuscript.title))];
    let mut field = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            lines.push(format!("{name}: {}", quoted(value)));
        }
    };
    field("subtitle", manuscript.subtitle.as_deref());
    field("lang", Some(&manuscript.language));
    field("date", Some(&manuscript.date));
    field("publisher", manuscript.publisher.as_deref());
    field("rights", manuscript.rights.as_deref());
    field("identifier", Some(&manuscript.identifier));
    field("description", Some(&*book.description).filter(|text| !text.is_empty()));
    if !manuscript.authors.is_empty() {
        lines.push("author:".to_owned());
        lines.extend(manuscript.authors.iter().map(|author| format!("  - {}", quoted(author))));
    }
    format!("---\n{}\n---\n", lines.join("\n"))
}

fn notice(book: &Book<'_>) -> String {
    let Some(notice) = &book.manuscript.notice else { return String::new() };
    let lines: Vec<_> = notice.lines().map(|line| format!("> {}", escaped_line(line.trim()))).collect();
    format!("\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests;
