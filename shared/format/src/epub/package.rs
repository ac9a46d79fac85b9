//! The package document: the metadata, the manifest and the spine.

mod published;
mod summary;

use super::Item;
use crate::{book::Book, direction::Direction, xhtml::escaped};

/// The standards to which an EPUB conforms if somebody says so.
const CONFORMANCE: &str = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA";

/// Returns the claim that the EPUB conforms to the standards of accessibility, with who makes it. Without anybody who has judged it
/// there is none.
fn conformance(book: &Book<'_>) -> String {
    let claim = |certifier: &String| {
        format!(
            "<meta property=\"dcterms:conformsTo\" id=\"conformance\">{CONFORMANCE}</meta>\n\
             <meta property=\"a11y:certifiedBy\" refines=\"#conformance\">{}</meta>\n",
            escaped(certifier)
        )
    };
    book.manuscript.publication.certified_by.as_ref().map(claim).unwrap_or_default()
}

/// Returns the accessibility metadata, in the vocabulary of schema.org.
fn accessibility(book: &Book<'_>, items: &[Item<'_>]) -> String {
    let has_pictures = !book.manuscript.pictures.is_empty();
    let has_formulas = items.iter().any(|item| item.properties == Some("mathml"));
    let mut properties = vec![
        ("accessMode", "textual"),
        ("accessModeSufficient", "textual"),
        ("accessibilityFeature", "tableOfContents"),
        ("accessibilityFeature", "structuralNavigation"),
        ("accessibilityFeature", "readingOrder"),
        ("accessibilityFeature", "displayTransformability"),
        ("accessibilityFeature", "alternativeText"),
        ("accessibilityHazard", "none"),
    ];
    if has_pictures {
        properties.push(("accessMode", "visual"));
    }
    if has_formulas {
        properties.push(("accessibilityFeature", "MathML"));
        properties.push(("accessibilityFeature", "describedMath"));
    }
    let mut metadata: String = properties
        .into_iter()
        .map(|(name, value)| format!("<meta property=\"schema:{name}\">{value}</meta>\n"))
        .collect();
    metadata.extend(
        summary::summary(book)
            .map(|summary| format!("<meta property=\"schema:accessibilitySummary\">{summary}</meta>\n")),
    );
    metadata
}

/// Returns the package document.
pub(super) fn document(book: &Book<'_>, items: &[Item<'_>]) -> String {
    let language = escaped(&book.manuscript.language);
    let direction = book.direction.value();
    let progression = match book.direction {
        Direction::LeftToRight => "",
        Direction::RightToLeft => " page-progression-direction=\"rtl\"",
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"identifier\" \
         xml:lang=\"{language}\" dir=\"{direction}\">\n\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n{}</metadata>\n\
         <manifest>\n{}</manifest>\n\
         <spine toc=\"ncx\"{progression}>\n{}</spine>\n</package>\n",
        metadata(book, items),
        items.iter().map(manifest_line).collect::<String>(),
        items.iter().filter(|item| item.in_spine).map(spine_line).collect::<String>(),
    )
}

fn metadata(book: &Book<'_>, items: &[Item<'_>]) -> String {
    let (manuscript, blurb) = (book.manuscript, book.blurb());
    let mut metadata = format!(
        "<dc:identifier id=\"identifier\">{}</dc:identifier>\n\
         <dc:title id=\"title\">{}</dc:title>\n\
         <meta refines=\"#title\" property=\"title-type\">main</meta>\n",
        escaped(&manuscript.identifier),
        escaped(&manuscript.title),
    );
    if let Some(subtitle) = &manuscript.subtitle {
        metadata.push_str(&format!(
            "<dc:title id=\"subtitle\">{}</dc:title>\n\
             <meta refines=\"#subtitle\" property=\"title-type\">subtitle</meta>\n",
            escaped(subtitle),
        ));
    }
    for (number, author) in (1..).zip(&manuscript.authors) {
        metadata.push_str(&format!(
            "<dc:creator id=\"creator-{number}\">{}</dc:creator>\n\
             <meta refines=\"#creator-{number}\" property=\"role\" scheme=\"marc:relators\">aut</meta>\n",
            escaped(author),
        ));
    }
    metadata.push_str(&published::lines(book));
    let elements = [
        ("language", Some(manuscript.language.as_str())),
        ("date", manuscript.publication.date.as_deref()),
        ("publisher", manuscript.publisher.as_deref()),
        ("rights", manuscript.rights.as_deref()),
        ("description", Some(blurb.as_str()).filter(|text| !text.is_empty())),
    ];
    for (name, value) in elements {
        if let Some(value) = value {
            metadata.push_str(&format!("<dc:{name}>{}</dc:{name}>\n", escaped(value)));
        }
    }
    metadata.push_str(&format!(
        "<meta property=\"dcterms:modified\">{}</meta>\n{}{}\
         <meta name=\"cover\" content=\"cover-image\"/>\n\
         <meta name=\"generator\" content=\"Bindery\"/>\n",
        book.modified(),
        accessibility(book, items),
        conformance(book),
    ));
    metadata
}

fn manifest_line(item: &Item<'_>) -> String {
    let properties = item.properties.map(|properties| format!(" properties=\"{properties}\"")).unwrap_or_default();
    format!("<item id=\"{}\" href=\"{}\" media-type=\"{}\"{properties}/>\n", item.id, item.name, item.media_type,)
}

fn spine_line(item: &Item<'_>) -> String {
    format!("<itemref idref=\"{}\"/>\n", item.id)
}
