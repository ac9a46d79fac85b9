//! The registry of formats: a line for each, with what writes it.

use crate::{Format, RenderError, book::Book, docx, epub, html, json, markdown, onix, pdf, scorm, site, txt};

/// What is known of a format.
pub(super) struct Entry {
    pub(super) format: Format,
    /// Its name in settings and on the command line.
    pub(super) name: &'static str,
    /// The ending of its files, without the first dot.
    pub(super) extension: &'static str,
    pub(super) render: fn(&Book<'_>) -> Result<Vec<u8>, RenderError>,
}

#[rustfmt::skip]
pub(super) static REGISTRY: [Entry; 11] = [
    Entry { format: Format::Markdown, name: "md", extension: "md", render: |book| Ok(markdown::render(book).into_bytes()) },
    Entry { format: Format::Epub, name: "epub", extension: "epub", render: epub::render },
    Entry { format: Format::Html, name: "html", extension: "html", render: |book| Ok(html::render(book).into_bytes()) },
    Entry { format: Format::Docx, name: "docx", extension: "docx", render: docx::render },
    Entry { format: Format::Pdf, name: "pdf", extension: "pdf", render: pdf::sheets },
    Entry { format: Format::Text, name: "txt", extension: "txt", render: |book| Ok(txt::render(book).into_bytes()) },
    Entry { format: Format::Json, name: "json", extension: "json", render: |book| Ok(json::render(book).into_bytes()) },
    Entry { format: Format::Onix, name: "onix", extension: "onix.xml", render: |book| Ok(onix::render(book).into_bytes()) },
    Entry { format: Format::Site, name: "site", extension: "site.zip", render: site::render },
    Entry { format: Format::Scorm, name: "scorm", extension: "scorm.zip", render: scorm::render },
    Entry { format: Format::Cover, name: "cover", extension: "cover.jpg", render: pdf::cover_sheets },
];

/// Returns the line of a format.
pub(super) fn entry(format: Format) -> &'static Entry {
    REGISTRY.iter().find(|entry| entry.format == format).expect("every format has a line")
}
