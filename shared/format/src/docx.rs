//! DOCX: a document of a word processor (Office Open XML) that an editor can work in, and whose changes come back.
//!
//! Paragraphs have named styles, so that [`edits`] can tell what each of them is.

mod blocks;
mod footnotes;
mod inline;
mod package;
mod properties;
mod read;
mod styles;

pub(crate) mod edits;

use std::borrow::Cow;

use self::{blocks::Writer, package::Media};
use super::{
    RenderError,
    archive::{self, File},
    book::Book,
    publication::{self, TitleLine, TitleLineKind},
    xhtml::escaped,
};

/// The namespaces of a document's parts.
const SPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
     xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Renders the book as a DOCX.
pub(super) fn render(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    let mut writer = Writer::new(book);
    let front = front(book);
    let contents = contents(book);
    for index in 0..book.chapters.len() {
        if let Some(part) = book.part_before(index) {
            writer.out.push_str(&paragraph("Part", &escaped(&book.parts[part].name.label())));
        }
        writer.chapter(index);
    }
    let Writer { out, footnotes, numbering, links, .. } = writer;
    let document = format!(
        "{HEAD}<w:document {SPACES}><w:body>{front}{contents}{out}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1418\" w:right=\"1418\" w:bottom=\"1418\" w:left=\"1418\" w:header=\"709\" w:footer=\"709\" \
         w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let media = Media::of(book);
    let mut files = vec![
        ("[Content_Types].xml", package::types()),
        ("_rels/.rels", package::relations()),
        ("docProps/core.xml", properties::core(book)),
        ("docProps/app.xml", properties::app()),
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", package::document_relations(&media, &links)),
        ("word/styles.xml", styles::document(book)),
        ("word/numbering.xml", numbering.document(book.chapter_style())),
        ("word/settings.xml", properties::settings(book)),
        ("word/footnotes.xml", footnotes.document()),
    ];
    let files = files.drain(..).map(|(name, xml)| File { name: name.to_owned(), content: xml.into_bytes().into() });
    let pictures = book.manuscript.pictures.iter().enumerate().map(|(index, picture)| File {
        name: format!("word/media/{}", picture.file_name(index)),
        content: Cow::Borrowed(picture.bytes()),
    });
    Ok(archive::pack(files.chain(pictures))?)
}

/// Returns a paragraph of a style. Its text is escaped.
fn paragraph(style: &str, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}

fn front(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut front = paragraph("Title", &escaped(&manuscript.title));
    let mut line = |style: &str, text: &str| front.push_str(&paragraph(style, &escaped(text)));
    for TitleLine { kind, text } in publication::title_lines(manuscript) {
        let style = match kind {
            TitleLineKind::Subtitle | TitleLineKind::Series => "Subtitle",
            TitleLineKind::Author | TitleLineKind::Contributor => "Author",
            TitleLineKind::Publisher => "Imprint",
        };
        line(style, &text);
    }
    let pages = [publication::copyright_page(manuscript), publication::disclosure_page(manuscript)];
    for text in pages.iter().flatten().flat_map(|page| &page.paragraphs).flat_map(|text| text.lines()) {
        line("Imprint", text);
    }
    for text in manuscript.notice.iter().flat_map(|notice| notice.lines()).filter(|text| !text.trim().is_empty()) {
        line("Notice", text);
    }
    front
}

/// Returns the contents as a field with the chapters in it. A word processor adds the pages when it renews the field.
fn contents(book: &Book<'_>) -> String {
    let begin = "<w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r>\
         <w:r><w:instrText xml:space=\"preserve\"> TOC \\o &quot;1-2&quot; \\t &quot;Part,1&quot; \\h \\z \\u </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>";
    let end = "<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>";
    let mut lines = String::new();
    for (index, chapter) in book.chapters.iter().enumerate() {
        let start = if index == 0 { begin } else { "" };
        let anchor = chapter.id();
        lines.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"TOC1\"/></w:pPr>{start}<w:hyperlink w:anchor=\"{anchor}\" w:history=\"1\"><w:r>\
             <w:t xml:space=\"preserve\">{}</w:t></w:r></w:hyperlink></w:p>",
            escaped(&chapter.label()),
        ));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!(
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/><w:docPartUnique/></w:docPartObj>\
         </w:sdtPr><w:sdtContent>{}{lines}{end}</w:sdtContent></w:sdt>",
        paragraph("TOCHeading", book.terms.contents),
    )
}
