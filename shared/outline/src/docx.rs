//! Word processors' documents (Office Open XML), read as the Markdown that their styles stand for.

mod document;
mod styles;

use std::io::{Cursor, Read as _};

use bindery_text::clean::clean;
use roxmltree::Document;
use zip::ZipArchive;

use super::{
    MAX_BYTES,
    fault::{Fault, Problem},
};

/// The most bytes of a file inside of a document. Markup takes several times the room of the text.
const MAX_XML: u64 = 40_000_000;

/// Returns a document's paragraphs as Markdown.
pub(super) fn text(bytes: &[u8]) -> Result<String, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(None, Fault::TooLarge { bytes: bytes.len() }));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
    let document = file(&mut archive, "word/document.xml")?;
    // A document without styles of its own has only the names of styles in its paragraphs.
    let styles = file(&mut archive, "word/styles.xml").unwrap_or_default();
    let numbering = file(&mut archive, "word/numbering.xml").unwrap_or_default();
    let styles = styles::Styles::read(&styles, &numbering);
    let document = Document::parse(&document).map_err(problem)?;
    Ok(clean(&document::markdown(&document, &styles)).into_owned())
}

fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, Problem> {
    let file = archive.by_name(name).map_err(problem)?;
    let mut text = String::new();
    file.take(MAX_XML + 1).read_to_string(&mut text).map_err(problem)?;
    if text.len() as u64 > MAX_XML {
        return Err(problem(format!("{name} is too large")));
    }
    Ok(text)
}

fn problem(detail: impl std::fmt::Display) -> Problem {
    Problem::new(None, Fault::NotDocx { detail: detail.to_string() })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// Packs a document's body and its styles.
    fn packed(body: &str, styles: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
        for (name, text) in [
            ("word/document.xml", format!("<w:document {space}><w:body>{body}</w:body></w:document>")),
            ("word/styles.xml", format!("<w:styles {space}>{styles}</w:styles>")),
        ] {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn paragraph(style: &str, text: &str) -> String {
        let style =
            if style.is_empty() { String::new() } else { format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>") };
        format!("<w:p>{style}<w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn styles_are_headings_whatever_the_language_of_the_program() {
        let styles = "<w:style w:styleId=\"Titel\"><w:name w:val=\"Title\"/></w:style>\
                      <w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>\
                      <w:style w:styleId=\"Mein\"><w:name w:val=\"Mein\"/><w:basedOn w:val=\"berschrift1\"/></w:style>";
        let body = paragraph("Titel", "Salz")
            + &paragraph("", "F\u{fc}r *K\u{f6}che*.")
            + &paragraph("berschrift1", "Meer")
            + &paragraph("Mein", "Berg");
        assert_eq!(text(&packed(&body, styles)).unwrap(), "# Salz\n\nFür \\*Köche\\*.\n\n## Meer\n\n## Berg\n");
    }

    #[test]
    fn lists_bold_lines_tables_and_deletions_are_read() {
        let point = |level: u8, text: &str| {
            format!(
                "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>\
                 <w:r><w:t>{text}</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
            )
        };
        let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph("", text));
        let body = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">The </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Sea</w:t></w:r></w:p>"
            .to_owned()
            + &point(0, "ponds")
            + &point(1, "sun")
            + &format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>", cell("a"), cell("b"), cell("c"), cell("d|e"));
        let expected = "**The Sea**\n\n- ponds\n  - sun\n\n| a | b |\n|---|---|\n| c | d\\|e |\n";
        assert_eq!(text(&packed(&body, "")).unwrap(), expected);
    }

    #[test]
    fn what_is_no_document_is_told() {
        assert!(matches!(text(b"x").unwrap_err().fault, Fault::NotDocx { .. }));
        assert!(matches!(text(&packed("<w:p>", "")).unwrap_err().fault, Fault::NotDocx { .. }));
    }
}
