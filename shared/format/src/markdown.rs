//! Markdown: one file, the chapters as the model wrote them but for what must change when they stand together.
//!
//! The sources are edited at the places the parser names. Headings sink below the chapter's, notes and named links
//! are kept apart from those of other chapters, unsafe links and raw HTML become text, and an open code block is
//! closed. Nothing else is touched.

mod chapter;
mod edits;
mod escape;

use self::escape::{escaped, escaped_line, quoted};
use super::{book::Book, slug::Slugs};

/// The anchors of the file's headings: what a site makes of them when it renders the whole file.
struct Anchors {
    /// For each chapter, its own anchor and those of its headings.
    chapters: Vec<(String, Vec<String>)>,
}

/// Renders the book as one Markdown file.
pub(super) fn render(book: &Book<'_>) -> String {
    let anchors = Anchors::of(book);
    let mut out = front_matter(book);
    out.push_str(&title(book));
    out.push_str(&contents(book, &anchors));
    for (index, chapter) in book.chapters.iter().enumerate() {
        out.push_str(&format!("\n## {}\n", escaped(&chapter.label())));
        let body = chapter::render(book, index, &anchors);
        if !body.is_empty() {
            out.push_str(&format!("\n{body}\n"));
        }
    }
    out
}

impl Anchors {
    fn of(book: &Book<'_>) -> Self {
        let mut slugs = Slugs::default();
        slugs.unique(&book.manuscript.title);
        slugs.unique(book.words.contents);
        let chapters = book.chapters.iter().map(|chapter| {
            let own = slugs.unique(&chapter.label());
            let headings = &chapter.headings;
            (own, headings.iter().map(|heading| slugs.unique(&heading.text)).collect())
        });
        Self { chapters: chapters.collect() }
    }
}

/// Returns the metadata, under the names pandoc and the site generators read.
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

fn title(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut title = format!("\n# {}\n", escaped(&manuscript.title));
    if let Some(subtitle) = &manuscript.subtitle {
        title.push_str(&format!("\n*{}*\n", escaped(subtitle)));
    }
    if !manuscript.authors.is_empty() {
        title.push_str(&format!("\n{}\n", escaped_line(&manuscript.authors.join(", "))));
    }
    if let Some(notice) = &manuscript.notice {
        let lines: Vec<_> = notice.lines().map(|line| format!("> {}", escaped_line(line.trim()))).collect();
        title.push_str(&format!("\n{}\n", lines.join("\n")));
    }
    title
}

fn contents(book: &Book<'_>, anchors: &Anchors) -> String {
    let items: Vec<_> = book
        .chapters
        .iter()
        .zip(&anchors.chapters)
        .map(|(chapter, (anchor, _))| format!("- [{}](#{anchor})\n", escaped(&chapter.label())))
        .collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("\n## {}\n\n{}", book.words.contents, items.concat()),
    }
}

#[cfg(test)]
mod tests;
