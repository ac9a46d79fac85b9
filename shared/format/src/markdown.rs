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
use super::{
    NumberStyle, Role,
    book::Book,
    document::Document,
    publication::{self, DIGITAL_SOURCE, FrontPage},
};

/// Renders the book as one Markdown file.
pub(super) fn render(book: &Book<'_>) -> String {
    let anchors = Anchors::of(book);
    let mut out = front_matter(book);
    let pages = [publication::copyright_page(book.manuscript), publication::disclosure_page(book.manuscript)];
    pages.iter().flatten().for_each(|page| out.push_str(&front_page(page)));
    out.push_str(&notice(book));
    for (index, chapter) in book.chapters.iter().enumerate() {
        if let Some(part) = book.part_before(index) {
            out.push_str(&format!("\n# {} {{.part .unnumbered}}\n", escaped(&book.parts[part].name.label())));
        }
        let is_counted = chapter.role == Role::Chapter && book.chapter_style() == NumberStyle::Arabic;
        let classes = if is_counted { "" } else { " {.unnumbered}" };
        let title = escaped(&heading(book, index));
        out.push_str(&format!("\n# {title}{}\n", anchors.chapter_attributes(index, classes)));
        if !chapter.goals.is_empty() {
            let goals: String = chapter.goals.iter().map(|goal| format!("- {}\n", escaped(goal))).collect();
            out.push_str(&format!("\n**{}**\n\n{goals}", escaped(book.terms.goals)));
        }
        let body = blocks::chapter(book, index, &anchors);
        if !body.is_empty() {
            out.push_str(&format!("\n{body}\n"));
        }
    }
    out
}

/// Returns the heading of a chapter. Pandoc numbers chapters with figures; other numbers stand in their headings.
fn heading(book: &Book<'_>, index: usize) -> String {
    let chapter = &book.chapters[index];
    match book.chapter_style() {
        NumberStyle::Arabic => chapter.heading_text(),
        NumberStyle::Roman | NumberStyle::Words | NumberStyle::None => chapter.label(),
    }
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
    let (publication, blurb) = (&manuscript.publication, book.blurb());
    field("subtitle", manuscript.subtitle.as_deref());
    field("lang", Some(&manuscript.language));
    field("date", publication.date.as_deref());
    field("publisher", manuscript.publisher.as_deref());
    field("rights", manuscript.rights.as_deref());
    field("identifier", Some(&manuscript.identifier));
    field("isbn", publication.isbn("md").map(|isbn| isbn.isbn.as_str()));
    field("belongs-to-collection", publication.series.as_ref().map(|series| series.name.as_str()));
    field("group-position", publication.series.as_ref().and_then(|series| series.number.as_deref()));
    field("edition", publication.edition.as_deref());
    field("description", Some(&*blurb).filter(|text| !text.is_empty()));
    field("digital-source-type", publication.disclosure.as_ref().map(|_| DIGITAL_SOURCE));
    if !manuscript.authors.is_empty() {
        lines.push("author:".to_owned());
        lines.extend(manuscript.authors.iter().map(|author| format!("  - {}", quoted(author))));
    }
    for contributor in &publication.contributors {
        let is_first = lines.last().is_none_or(|line| !line.starts_with("    text: "));
        lines.extend(is_first.then(|| "contributor:".to_owned()));
        lines.push(format!("  - role: {}", contributor.role.marc()));
        lines.push(format!("    text: {}", quoted(&contributor.name)));
    }
    if !publication.keywords.is_empty() {
        lines.push("keywords:".to_owned());
        lines.extend(publication.keywords.iter().map(|word| format!("  - {}", quoted(word))));
    }
    format!("---\n{}\n---\n", lines.join("\n"))
}

fn notice(book: &Book<'_>) -> String {
    let Some(notice) = &book.manuscript.notice else { return String::new() };
    let lines: Vec<_> = notice.lines().map(|line| format!("> {}", escaped_line(line.trim()))).collect();
    format!("\n{}\n", lines.join("\n"))
}

/// Returns a page before the text. Its heading is no heading of Markdown, so that it is no chapter to other tools.
fn front_page(page: &FrontPage) -> String {
    let paragraph = |text: &String| {
        let lines: Vec<String> = text.lines().map(|line| escaped_line(line.trim())).collect();
        format!("\n{}\n", lines.join("\\\n"))
    };
    let paragraphs: String = page.paragraphs.iter().map(paragraph).collect();
    format!("\n**{}**\n{paragraphs}", escaped(page.heading))
}

#[cfg(test)]
mod tests;
