//! A site: a folder of HTML pages, one for each chapter. It is packed into one archive, whose first page is `index.html`.

use std::borrow::Cow;

use super::{
    RenderError,
    archive::{self, File},
    book::Book,
    document::Place,
    html, publication,
    xhtml::{self, Medium, escaped, file_stem},
};

/// The page with which a reader begins.
pub(super) const INDEX: &str = "index.html";
pub(super) const STYLE_FILE: &str = "style.css";

const STYLE: &str = concat!(include_str!("site/style.css"), include_str!("elements.css"));

/// Renders the book as a site.
pub(super) fn render(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    Ok(archive::pack(files(book, None))?)
}

/// Returns the files of the site. Each page of a chapter runs the script with this name, if there is one.
pub(super) fn files<'b>(book: &'b Book<'_>, script: Option<&'b str>) -> impl Iterator<Item = File<'b>> {
    let file = |name: &str, text: String| File { name: name.to_owned(), content: text.into_bytes().into() };
    let front = [file(INDEX, index(book)), file(STYLE_FILE, html::STYLE.to_owned() + STYLE)];
    let chapters = (0..book.chapters.len()).map(move |at| file(&page_name(book, at), chapter(book, at, script)));
    let pictures = book
        .manuscript
        .pictures
        .iter()
        .enumerate()
        .map(|(at, picture)| File { name: picture.file_name(at), content: Cow::Borrowed(picture.bytes()) });
    front.into_iter().chain(chapters).chain(pictures)
}

/// Returns the name of a chapter's page.
pub(super) fn page_name(book: &Book<'_>, chapter: usize) -> String {
    format!("{}.html", file_stem(book, chapter))
}

/// Returns the first page: what the book is, and its contents.
fn index(book: &Book<'_>) -> String {
    let front_page = |page: Option<publication::FrontPage>, class| {
        page.map(|page| xhtml::front_page(book, &page, class, 2)).unwrap_or_default()
    };
    let body = format!(
        "<header class=\"title-page\">\n{}</header>\n{}{}{}{}",
        xhtml::title_lines(book),
        html::contents(book, Medium::Site),
        front_page(publication::copyright_page(book.manuscript), "copyright-page"),
        front_page(publication::disclosure_page(book.manuscript), "disclosure"),
        xhtml::notice(book).unwrap_or_default(),
    );
    page(book, &html::metadata(book), &book.manuscript.title, &body)
}

/// Returns the page of a chapter, with links to its neighbours above and below it.
fn chapter(book: &Book<'_>, index: usize, script: Option<&str>) -> String {
    let links = neighbours(book, index);
    let title = format!("{} – {}", book.chapters[index].label(), book.manuscript.title);
    let script = script.map(|name| format!("<script src=\"{name}\" defer=\"defer\"></script>\n")).unwrap_or_default();
    let body = format!(
        "<nav class=\"pages\">\n{links}</nav>\n<main>\n{}</main>\n<nav class=\"pages\" id=\"end\">\n{links}</nav>\n",
        xhtml::chapter(book, index, Medium::Site).xhtml
    );
    page(book, &script, &title, &body)
}

fn neighbours(book: &Book<'_>, index: usize) -> String {
    let link = |at: usize, rel: &str, class: &str| {
        let href = Medium::Site.href(book, Place { chapter: at, heading: None });
        let (href, label) = (escaped(&href).into_owned(), escaped(&book.chapters[at].label()).into_owned());
        format!("<a class=\"{class}\" rel=\"{rel}\" href=\"{href}\">{label}</a>\n")
    };
    let before = index.checked_sub(1).map(|at| link(at, "prev", "before")).unwrap_or_default();
    let next = Some(index + 1).filter(|at| *at < book.chapters.len());
    let after = next.map(|at| link(at, "next", "after")).unwrap_or_default();
    format!("{before}<a class=\"upward\" href=\"{INDEX}\">{}</a>\n{after}", book.terms.contents)
}

/// Returns a page as a whole document. A page fetches nothing from elsewhere, whatever its chapter says.
fn page(book: &Book<'_>, head: &str, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self'; style-src 'self'; \
         script-src 'self'; base-uri 'none'; form-action 'none'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{STYLE_FILE}\"/>\n{head}</head>\n<body>\n{body}</body>\n</html>\n",
        escaped(&book.manuscript.language),
        book.direction.value(),
        escaped(title),
    )
}
