//! What a document says of itself: title, authors, language, date.

use super::{HEAD, SPACES};
use crate::{book::Book, xhtml::escaped};

/// Returns the core properties.
pub(super) fn core(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let element = |name: &str, text: &str| match text.is_empty() {
        true => String::new(),
        false => format!("<{name}>{}</{name}>", escaped(text)),
    };
    let (created, modified) = (format!("{}T00:00:00Z", manuscript.date), book.modified());
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{}{}{}{}{}{}{}\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{created}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{modified}</dcterms:modified></cp:coreProperties>",
        element("dc:title", &manuscript.title),
        element("dc:subject", manuscript.subtitle.as_deref().unwrap_or_default()),
        element("dc:creator", &manuscript.authors.join("; ")),
        element("dc:description", &book.blurb()),
        element("cp:keywords", &manuscript.publication.keywords.join(", ")),
        element("dc:language", &manuscript.language),
        element("dc:identifier", &manuscript.identifier),
    )
}

/// Returns the properties of the program.
pub(super) fn app() -> String {
    format!(
        "{HEAD}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>Bindery</Application></Properties>"
    )
}

/// Returns the settings of the document.
pub(super) fn settings(book: &Book<'_>) -> String {
    let language = escaped(&book.manuscript.language);
    format!(
        "{HEAD}<w:settings {SPACES}><w:autoHyphenation w:val=\"true\"/>\
         <w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\
         <w:themeFontLang w:val=\"{language}\"/></w:settings>"
    )
}
