//! The contents of an EPUB: the navigation document, which is also its contents page, and the NCX of EPUB 2.

use super::pages::{self, Page};
use crate::{
    Role,
    book::Book,
    document::Place,
    xhtml::{self, Medium, escaped, listed_headings},
};

/// Returns the navigation document.
pub(super) fn document(book: &Book<'_>) -> String {
    let terms = book.terms;
    let title = format!("<li><a href=\"title.xhtml\">{}</a></li>\n", terms.title_page);
    // A book without chapters still needs a list that is not empty.
    let list = xhtml::contents_list(book, Medium::Epub).unwrap_or_else(|| format!("<ol>\n{title}</ol>\n"));
    let start = start_of_text(book).map(|index| {
        let href = Medium::Epub.href(book, Place { chapter: index, heading: None });
        let title = escaped(&book.manuscript.title);
        format!("<li><a epub:type=\"bodymatter\" href=\"{}\">{title}</a></li>\n", escaped(&href))
    });
    let start = start.unwrap_or_default();
    let body = format!(
        "<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\">\n<h1>{contents}</h1>\n{list}</nav>\n\
         <nav epub:type=\"landmarks\" id=\"landmarks\" hidden=\"hidden\">\n<ol>\n\
         <li><a epub:type=\"cover\" href=\"cover.xhtml\">{cover}</a></li>\n\
         <li><a epub:type=\"titlepage\" href=\"title.xhtml\">{title_page}</a></li>\n\
         <li><a epub:type=\"toc\" href=\"nav.xhtml\">{contents}</a></li>\n\
         {start}</ol>\n</nav>\n",
        contents = terms.contents,
        cover = terms.cover,
        title_page = terms.title_page,
    );
    pages::document(book, &Page { title: terms.contents, class: "contents", body: &body })
}

/// Returns the chapter with which the text begins, after what stands before it.
fn start_of_text(book: &Book<'_>) -> Option<usize> {
    let is_before =
        |role| matches!(role, Role::Dedication | Role::Epigraph | Role::Foreword | Role::Preface | Role::FrontMatter);
    let first = book.chapters.iter().position(|chapter| !is_before(chapter.role));
    first.or((!book.chapters.is_empty()).then_some(0))
}

/// Returns the contents for readers of EPUB 2.
pub(super) fn ncx(book: &Book<'_>) -> String {
    let mut points = Points::default();
    points.open(book.terms.title_page, "title.xhtml");
    points.close();
    let mut open = None;
    for (index, chapter) in book.chapters.iter().enumerate() {
        if chapter.part != open {
            if open.is_some() {
                points.close();
            }
            open = chapter.part;
            if let Some(part) = open {
                points.open(&book.parts[part].name.label(), &Medium::Epub.part_href(book, part));
            }
        }
        let href = |heading| Medium::Epub.href(book, Place { chapter: index, heading });
        points.open(&chapter.label(), &href(None));
        for heading in listed_headings(book, index) {
            points.open(heading.text, &href(Some(heading.index)));
            points.close();
        }
        points.close();
    }
    if open.is_some() {
        points.close();
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\" xml:lang=\"{}\">\n<head>\n\
         <meta name=\"dtb:uid\" content=\"{}\"/>\n<meta name=\"dtb:depth\" content=\"{}\"/>\n\
         <meta name=\"dtb:totalPageCount\" content=\"0\"/>\n<meta name=\"dtb:maxPageNumber\" content=\"0\"/>\n\
         </head>\n<docTitle><text>{}</text></docTitle>\n<navMap>\n{}</navMap>\n</ncx>\n",
        escaped(&book.manuscript.language),
        escaped(&book.manuscript.identifier),
        points.deepest,
        escaped(&book.manuscript.title),
        points.xml,
    )
}

/// Navigation points, numbered as they open.
#[derive(Default)]
struct Points {
    xml: String,
    count: usize,
    depth: usize,
    deepest: usize,
}

impl Points {
    fn open(&mut self, text: &str, href: &str) {
        self.count += 1;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        self.xml.push_str(&format!(
            "<navPoint id=\"point-{count}\" playOrder=\"{count}\"><navLabel><text>{}</text></navLabel>\
             <content src=\"{}\"/>\n",
            escaped(text),
            escaped(href),
            count = self.count,
        ));
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.xml.push_str("</navPoint>\n");
    }
}
