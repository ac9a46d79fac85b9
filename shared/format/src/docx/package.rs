//! The files of the package: their types, and how they belong together.

use super::HEAD;
use crate::{book::Book, xhtml::escaped};

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The pictures of the document, by their file names.
pub(super) struct Media(Vec<String>);

impl Media {
    pub(super) fn of(book: &Book<'_>) -> Self {
        let pictures = book.manuscript.pictures.iter().enumerate();
        Self(pictures.map(|(index, picture)| picture.file_name(index)).collect())
    }
}

/// Returns the types of the files.
pub(super) fn types() -> String {
    let parts = [
        ("word/document.xml", format!("{WORD}.document.main+xml")),
        ("word/styles.xml", format!("{WORD}.styles+xml")),
        ("word/numbering.xml", format!("{WORD}.numbering+xml")),
        ("word/settings.xml", format!("{WORD}.settings+xml")),
        ("word/footnotes.xml", format!("{WORD}.footnotes+xml")),
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml".to_owned()),
        ("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned()),
    ];
    let overrides: String = parts
        .iter()
        .map(|(name, media_type)| format!("<Override PartName=\"/{name}\" ContentType=\"{media_type}\"/>"))
        .collect();
    format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
         <Default Extension=\"jpg\" ContentType=\"image/jpeg\"/><Default Extension=\"gif\" ContentType=\"image/gif\"/>\
         {overrides}</Types>"
    )
}

/// Returns what the package holds.
pub(super) fn relations() -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
         Target=\"docProps/core.xml\"/>\
         <Relationship Id=\"rId3\" Type=\"{OFFICE}/extended-properties\" Target=\"docProps/app.xml\"/></Relationships>"
    )
}

/// Returns what the document refers to.
pub(super) fn document_relations(media: &Media, links: &[String]) -> String {
    let mut out = format!("{HEAD}<Relationships xmlns=\"{RELATIONS}\">");
    for kind in ["styles", "numbering", "settings", "footnotes"] {
        out.push_str(&format!("<Relationship Id=\"{kind}\" Type=\"{OFFICE}/{kind}\" Target=\"{kind}.xml\"/>"));
    }
    for (index, name) in media.0.iter().enumerate() {
        out.push_str(&format!(
            "<Relationship Id=\"picture{}\" Type=\"{OFFICE}/image\" Target=\"media/{name}\"/>",
            index + 1
        ));
    }
    for (index, address) in links.iter().enumerate() {
        out.push_str(&format!(
            "<Relationship Id=\"link{}\" Type=\"{OFFICE}/hyperlink\" Target=\"{}\" TargetMode=\"External\"/>",
            index + 1,
            escaped(address),
        ));
    }
    out.push_str("</Relationships>");
    out
}
