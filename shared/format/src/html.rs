//! HTML: one self-contained file, to read on a screen or to print as a book.

use super::{
    book::Book,
    xhtml::{self, Medium, escaped},
};

const STYLE: &str = include_str!("html/style.css");

/// The browser fetches nothing and runs nothing, whatever a chapter says.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Renders the book as one HTML file.
pub(super) fn render(book: &Book<'_>) -> String {
    let language = escaped(&book.manuscript.language);
    let direction = book.direction.value();
    let head = head(book);
    let title = xhtml::title_lines(book);
    let notice = xhtml::notice(book).unwrap_or_default();
    let contents = contents(book);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{direction}\">\n{head}<body>\n\
         <header class=\"title-page\">\n{title}</header>\n{notice}{contents}<main>\n"
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
    let manuscript = book.manuscript;
    let authors = manuscript.authors.iter().map(|author| ("author", author.as_str()));
    let others = [
        ("description", book.description.as_str()),
        ("publisher", manuscript.publisher.as_deref().unwrap_or_default()),
        ("rights", manuscript.rights.as_deref().unwrap_or_default()),
        ("date", &manuscript.date),
        ("identifier", &manuscript.identifier),
        ("generator", "Bindery"),
    ];
    let metadata: String = authors
        .chain(others)
        .filter(|(_, content)| !content.is_empty())
        .map(|(name, content)| format!("<meta name=\"{name}\" content=\"{}\"/>\n", escaped(content)))
        .collect();
    format!(
        "<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{}</title>\n{metadata}<style>\n{STYLE}</style>\n</head>\n",
        escaped(&manuscript.title),
    )
}

fn contents(book: &Book<'_>) -> String {
    let heading = book.terms.contents;
    xhtml::contents_list(book, Medium::Html)
        .map(|list| {
            format!(
                "<nav class=\"contents\" role=\"doc-toc\" aria-labelledby=\"contents\">\n\
                 <h2 id=\"contents\">{heading}</h2>\n{list}</nav>\n"
            )
        })
        .unwrap_or_default()
}
