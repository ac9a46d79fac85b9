//! HTML: one self-contained file, to read on a screen or to print as a book.

use super::{
    book::Book,
    publication::{self, DIGITAL_SOURCE, TitleLineKind},
    xhtml::{self, Medium, escaped},
};

pub(super) const STYLE: &str = include_str!("html/style.css");

const ELEMENTS: &str = include_str!("elements.css");

/// The browser fetches nothing and runs nothing, whatever a chapter says.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Renders the book as one HTML file.
pub(super) fn render(book: &Book<'_>) -> String {
    let language = escaped(&book.manuscript.language);
    let direction = book.direction.value();
    let head = head(book);
    let title = xhtml::title_lines(book);
    let copyright = publication::copyright_page(book.manuscript);
    let copyright = copyright.map(|page| xhtml::front_page(book, &page, "copyright-page", 2)).unwrap_or_default();
    let disclosure = publication::disclosure_page(book.manuscript);
    let disclosure = disclosure.map(|page| xhtml::front_page(book, &page, "disclosure", 2)).unwrap_or_default();
    let notice = xhtml::notice(book).unwrap_or_default();
    let contents = contents(book, Medium::Html);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{direction}\">\n{head}<body>\n\
         <header class=\"title-page\">\n{title}</header>\n{copyright}{disclosure}{notice}{contents}<main>\n"
    );
    let mut open = None;
    for (index, chapter) in book.chapters.iter().enumerate() {
        if chapter.part != open {
            out.push_str(if open.is_some() { "</section>\n" } else { "" });
            open = chapter.part;
            out.extend(open.map(|part| part_start(book, part)));
        }
        out.push_str(&xhtml::chapter(book, index, Medium::Html).xhtml);
    }
    out.push_str(if open.is_some() { "</section>\n" } else { "" });
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn part_start(book: &Book<'_>, part: usize) -> String {
    let heading = xhtml::part_title(book, part, 2);
    format!(
        "<section class=\"part\" id=\"part-{}\" role=\"doc-part\">\n<header class=\"part\">\n{heading}</header>\n",
        part + 1
    )
}

fn head(book: &Book<'_>) -> String {
    format!(
        "<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{}</title>\n{}<style>\n{STYLE}{ELEMENTS}</style>\n</head>\n",
        escaped(&book.manuscript.title),
        metadata(book),
    )
}

/// Returns what the head of a page says of the book.
pub(super) fn metadata(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let publication = &manuscript.publication;
    let authors = manuscript.authors.iter().map(|author| ("author", author.clone()));
    let isbn = publication.isbn("html").map(|isbn| format!("ISBN {}", isbn.isbn));
    let series = publication::title_lines(manuscript).into_iter().find(|line| line.kind == TitleLineKind::Series);
    let others = [
        ("description", book.blurb()),
        ("keywords", publication.keywords.join(", ")),
        ("publisher", manuscript.publisher.clone().unwrap_or_default()),
        ("rights", manuscript.rights.clone().unwrap_or_default()),
        ("date", publication.date.clone().unwrap_or_default()),
        ("identifier", manuscript.identifier.clone()),
        ("isbn", isbn.unwrap_or_default()),
        ("series", series.map(|line| line.text).unwrap_or_default()),
        ("digital-source-type", publication.disclosure.as_ref().map(|_| DIGITAL_SOURCE.to_owned()).unwrap_or_default()),
        ("generator", "Bindery".to_owned()),
    ];
    authors
        .chain(others)
        .filter(|(_, content)| !content.is_empty())
        .map(|(name, content)| format!("<meta name=\"{name}\" content=\"{}\"/>\n", escaped(&content)))
        .collect()
}

/// Returns the contents with their heading.
pub(super) fn contents(book: &Book<'_>, medium: Medium) -> String {
    let heading = book.terms.contents;
    xhtml::contents_list(book, medium)
        .map(|list| {
            format!(
                "<nav class=\"contents\" role=\"doc-toc\" aria-labelledby=\"contents\">\n\
                 <h2 id=\"contents\">{heading}</h2>\n{list}</nav>\n"
            )
        })
        .unwrap_or_default()
}
