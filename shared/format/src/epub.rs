//! EPUB: a publication of EPUB 3.3, with the parts that readers of EPUB 2 need.

mod cover;
mod navigation;
mod package;
mod pages;

use std::borrow::Cow;

use super::{
    RenderError,
    archive::{self, File},
    book::Book,
    publication::{Cover, Design},
    xhtml::{self, Medium, file_stem, part_file},
};

const STYLE: &str = concat!(include_str!("epub/style.css"), include_str!("elements.css"));

const CONTAINER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"#;

/// A file of the publication, as the package's manifest lists it.
struct Item<'b> {
    /// Its id in the manifest.
    id: String,
    /// Its name in the publication's folder.
    name: String,
    media_type: &'static str,
    /// Its properties in the manifest.
    properties: Option<&'static str>,
    /// Whether it is one of the pages, which are read in the order of the items.
    in_spine: bool,
    content: Content<'b>,
}

/// The content of a file.
enum Content<'b> {
    Text(String),
    /// The chapter at this index. It is rendered again when it is packed, so that only one is held at a time.
    Chapter(usize),
    Bytes(&'b [u8]),
}

impl<'b> Content<'b> {
    fn bytes(&self, book: &Book<'_>) -> Cow<'_, [u8]> {
        match self {
            Self::Text(text) => text.as_bytes().into(),
            Self::Chapter(index) => pages::chapter(book, *index).into_bytes().into(),
            Self::Bytes(bytes) => Cow::Borrowed(*bytes),
        }
    }
}

/// Renders the book as an EPUB.
pub(super) fn render(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    let items = items(book);
    let package = package::document(book, &items);
    let about = [
        File { name: "META-INF/container.xml".to_owned(), content: CONTAINER.as_bytes().into() },
        File { name: "EPUB/package.opf".to_owned(), content: package.into_bytes().into() },
    ];
    let files =
        items.iter().map(|item| File { name: format!("EPUB/{}", item.name), content: item.content.bytes(book) });
    Ok(archive::pack_with_type("application/epub+zip", about.into_iter().chain(files))?)
}

/// Returns the files of the publication; those in the spine are in reading order.
fn items<'b>(book: &'b Book<'_>) -> Vec<Item<'b>> {
    let mut items = vec![
        page("cover-page", "cover.xhtml", pages::cover(book)),
        page("title-page", "title.xhtml", pages::title(book)),
    ];
    items.extend(pages::copyright(book).map(|content| page("copyright", "copyright.xhtml", content)));
    items.extend(pages::disclosure(book).map(|content| page("disclosure", "disclosure.xhtml", content)));
    if let Some(notice) = pages::notice(book) {
        items.push(page("notice", "notice.xhtml", notice));
    }
    items.push(Item { properties: Some("nav"), ..page("nav", "nav.xhtml", navigation::document(book)) });
    for index in 0..book.chapters.len() {
        if let Some(part) = book.part_before(index) {
            items.push(page(&format!("part-{}", part + 1), &part_file(part), pages::part(book, part)));
        }
        let id = format!("chapter-{}", book.chapters[index].number);
        let has_formulas =
            book.chapters[index].may_have_formulas() && xhtml::chapter(book, index, Medium::Epub).formulas;
        let properties = has_formulas.then_some("mathml");
        let name = format!("{}.xhtml", file_stem(book, index));
        items.push(Item { content: Content::Chapter(index), properties, ..page(&id, &name, String::new()) });
    }
    items.push(Item { properties: Some("cover-image"), ..cover_image(book) });
    for (index, picture) in book.manuscript.pictures.iter().enumerate() {
        let name = picture.file_name(index);
        let content = Content::Bytes(picture.bytes());
        let id = format!("picture-{}", index + 1);
        items.push(Item { content, ..resource(&id, &name, picture.media_type(), String::new()) });
    }
    items.push(resource("ncx", "toc.ncx", "application/x-dtbncx+xml", navigation::ncx(book)));
    items.push(resource("style", "style.css", "text/css", STYLE.to_owned()));
    items
}

fn cover_image<'b>(book: &'b Book<'_>) -> Item<'b> {
    let name = cover_name(book);
    match &book.manuscript.publication.cover {
        Cover::Drawn(design) => resource("cover-image", &name, "image/svg+xml", cover::image(book, *design)),
        Cover::Image(image) => {
            let content = Content::Bytes(image.bytes());
            Item { content, ..resource("cover-image", &name, image.kind().media_type(), String::new()) }
        }
    }
}

/// Returns the name of the cover's file.
fn cover_name(book: &Book<'_>) -> String {
    match &book.manuscript.publication.cover {
        Cover::Drawn(_) => "cover.svg".to_owned(),
        Cover::Image(image) => format!("cover.{}", image.kind().extension()),
    }
}

/// Returns the cover that is drawn, as SVG.
pub(super) fn drawn_cover(book: &Book<'_>, design: Design) -> String {
    cover::image(book, design)
}

/// The size of the cover that is drawn, in pixels.
pub(super) use cover::{HEIGHT as COVER_HEIGHT, WIDTH as COVER_WIDTH};

fn page<'b>(id: &str, name: &str, content: String) -> Item<'b> {
    Item { in_spine: true, ..resource(id, name, "application/xhtml+xml", content) }
}

fn resource<'b>(id: &str, name: &str, media_type: &'static str, content: String) -> Item<'b> {
    Item {
        id: id.to_owned(),
        name: name.to_owned(),
        media_type,
        properties: None,
        in_spine: false,
        content: Content::Text(content),
    }
}
