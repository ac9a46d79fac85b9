//! The pages of an EPUB, each an XHTML document.

use super::{cover, cover_name};
use crate::{
    book::Book,
    publication,
    xhtml::{self, Medium, escaped},
};

/// The parts in which pages differ.
pub(super) struct Page<'p> {
    /// The document's title.
    pub(super) title: &'p str,
    /// Its class in the style sheet.
    pub(super) class: &'p str,
    /// The content of its body.
    pub(super) body: &'p str,
}

/// Returns a page as a whole document.
pub(super) fn document(book: &Book<'_>, page: &Page<'_>) -> String {
    let language = escaped(&book.manuscript.language);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\" \
         lang=\"{language}\" xml:lang=\"{language}\" dir=\"{}\">\n\
         <head>\n<meta charset=\"utf-8\"/>\n<title>{}</title>\n\
         <link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/>\n</head>\n\
         <body class=\"{}\">\n{}</body>\n</html>\n",
        book.direction.value(),
        escaped(page.title),
        page.class,
        page.body,
    )
}

/// Returns the cover's page.
pub(super) fn cover(book: &Book<'_>) -> String {
    let body = format!(
        "<section epub:type=\"cover\">\n<img role=\"doc-cover\" src=\"{}\" alt=\"{}\"/>\n</section>\n",
        cover_name(book),
        escaped(&cover::description(book)),
    );
    document(book, &Page { title: book.terms.cover, class: "cover", body: &body })
}

/// Returns the title page.
pub(super) fn title(book: &Book<'_>) -> String {
    let body =
        format!("<section epub:type=\"titlepage\" class=\"title-page\">\n{}</section>\n", xhtml::title_lines(book));
    document(book, &Page { title: &book.manuscript.title, class: "title", body: &body })
}

/// Returns the copyright page; `None` where there is nothing to say on it.
pub(super) fn copyright(book: &Book<'_>) -> Option<String> {
    let page = publication::copyright_page(book.manuscript)?;
    let body = format!(
        "<section epub:type=\"copyright-page\">\n{}</section>\n",
        xhtml::front_page(book, &page, "copyright-page", 1)
    );
    Some(document(book, &Page { title: page.heading, class: "copyright", body: &body }))
}

/// Returns the page that says that a model wrote the text; `None` where the book does not say it.
pub(super) fn disclosure(book: &Book<'_>) -> Option<String> {
    let page = publication::disclosure_page(book.manuscript)?;
    let body = xhtml::front_page(book, &page, "disclosure", 1);
    Some(document(book, &Page { title: page.heading, class: "notice", body: &body }))
}

/// Returns the notice's page; `None` where the book has none.
pub(super) fn notice(book: &Book<'_>) -> Option<String> {
    let body = xhtml::notice(book)?;
    Some(document(book, &Page { title: book.terms.notice, class: "notice", body: &body }))
}

/// Returns the page of a part, which holds its title.
pub(super) fn part(book: &Book<'_>, part: usize) -> String {
    let body = format!(
        "<section epub:type=\"part\" role=\"doc-part\" class=\"part\" id=\"part-{}\">\n{}</section>\n",
        part + 1,
        xhtml::part_title(book, part, 1),
    );
    document(book, &Page { title: &book.parts[part].name.label(), class: "part", body: &body })
}

/// Returns a chapter's document.
pub(super) fn chapter(book: &Book<'_>, index: usize) -> String {
    document(
        book,
        &Page {
            title: &book.chapters[index].label(),
            class: "text",
            body: &xhtml::chapter(book, index, Medium::Epub).xhtml,
        },
    )
}
