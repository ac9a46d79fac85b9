//! Markdown: one file with the chapters as the model wrote them, except for what must change in one book.
//!
//! The source is changed only at ranges that the parser names. Headings move below the chapter's heading. Notes and link
//! definitions get labels that are unique in the book. Unsafe links and raw HTML become text. An open code block is closed.

mod chapter;
mod escape;
mod replacements;

use self::escape::{escaped, escaped_line, quoted};
use super::{
    book::Book,
    publication::{self, DIGITAL_SOURCE, FrontPage, TitleLine, TitleLineKind},
    slug::Slugs,
};

/// The anchors that a site gives the file's headings when it renders the whole file.
struct Anchors {
    chapters: Vec<ChapterAnchors>,
}

struct ChapterAnchors {
    own: String,
    headings: Vec<String>,
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
        slugs.unique(book.terms.contents);
        let chapters = book.chapters.iter().map(|chapter| {
            let own = slugs.unique(&chapter.label());
            let headings = chapter.headings.iter().map(|heading| slugs.unique(&heading.text)).collect();
            ChapterAnchors { own, headings }
        });
        Self { chapters: chapters.collect() }
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

fn title(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut title = format!("\n# {}\n", escaped(&manuscript.title));
    let mut lines = publication::title_lines(manuscript);
    // All authors stand on one line.
    lines.dedup_by(|next, line| (next.kind, line.kind) == (TitleLineKind::Author, TitleLineKind::Author));
    for TitleLine { kind, text } in lines {
        let line = match kind {
            TitleLineKind::Subtitle => format!("*{}*", escaped(&text)),
            TitleLineKind::Author => escaped_line(&manuscript.authors.join(", ")),
            _ => escaped_line(&text),
        };
        title.push_str(&format!("\n{line}\n"));
    }
    let pages = [publication::copyright_page(manuscript), publication::disclosure_page(manuscript)];
    pages.iter().flatten().for_each(|page| title.push_str(&front_page(page)));
    if let Some(notice) = &manuscript.notice {
        let lines: Vec<_> = notice.lines().map(|line| format!("> {}", escaped_line(line.trim()))).collect();
        title.push_str(&format!("\n{}\n", lines.join("\n")));
    }
    title
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

fn contents(book: &Book<'_>, anchors: &Anchors) -> String {
    let mut items = String::new();
    let mut open = None;
    for (chapter, anchors) in book.chapters.iter().zip(&anchors.chapters) {
        if chapter.part != open {
            open = chapter.part;
            items.extend(open.map(|part| format!("- {}\n", escaped(part))));
        }
        let indent = if open.is_some() { "  " } else { "" };
        items.push_str(&format!("{indent}- [{}](#{})\n", escaped(&chapter.label()), anchors.own));
    }
    match items.is_empty() {
        true => String::new(),
        false => format!("\n## {}\n\n{items}", book.terms.contents),
    }
}

#[cfg(test)]
mod tests;
