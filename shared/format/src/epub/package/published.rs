//! The metadata that sells a book: ISBN, contributors, series, subjects, edition, and who wrote the text.

use crate::{
    book::Book,
    publication::{DIGITAL_SOURCE, EditionIsbn, Series},
    xhtml::escaped,
};

/// Returns the lines of the metadata.
pub(super) fn lines(book: &Book<'_>) -> String {
    let publication = &book.manuscript.publication;
    let mut lines: String = publication.isbn("epub").map(isbn).unwrap_or_default();
    for (number, contributor) in (1..).zip(&publication.contributors) {
        let id = format!("contributor-{number}");
        lines.push_str(&format!("<dc:contributor id=\"{id}\">{}</dc:contributor>\n", escaped(&contributor.name)));
        lines.push_str(&refinement(&id, "role", " scheme=\"marc:relators\"", contributor.role.marc()));
    }
    lines.extend(publication.series.as_ref().map(series));
    lines.extend(publication.keywords.iter().map(|word| format!("<dc:subject>{}</dc:subject>\n", escaped(word))));
    let coded = publication.bisac.iter().map(|code| ("BISAC", code));
    let coded = coded.chain(publication.thema.iter().map(|code| ("Thema", code)));
    for (number, (authority, code)) in (1..).zip(coded) {
        let id = format!("subject-{number}");
        lines.push_str(&format!("<dc:subject id=\"{id}\">{}</dc:subject>\n", escaped(code)));
        lines.push_str(&refinement(&id, "authority", "", authority));
        lines.push_str(&refinement(&id, "term", "", code));
    }
    lines.extend(publication.edition.iter().map(|edition| meta("schema:bookEdition", edition)));
    lines.extend(publication.disclosure.iter().map(|_| meta("schema:digitalSourceType", DIGITAL_SOURCE)));
    lines
}

/// Returns an ISBN as an identifier beside the book's own. Code 02 of list 5 of ONIX has ten digits, and code 15 thirteen.
fn isbn(isbn: &EditionIsbn) -> String {
    let digits = isbn.digits();
    let kind = if digits.len() == 10 { "02" } else { "15" };
    format!("<dc:identifier id=\"isbn\">urn:isbn:{digits}</dc:identifier>\n")
        + &refinement("isbn", "identifier-type", " scheme=\"onix:codelist5\"", kind)
}

/// Returns the series. Only a number can be a position in a group.
fn series(series: &Series) -> String {
    let name = escaped(&series.name);
    let mut lines = format!("<meta property=\"belongs-to-collection\" id=\"series\">{name}</meta>\n");
    lines.push_str(&refinement("series", "collection-type", "", "series"));
    let is_position = |number: &&String| number.split('.').all(|part| part.parse::<u32>().is_ok());
    lines.extend(
        series.number.as_ref().filter(is_position).map(|number| refinement("series", "group-position", "", number)),
    );
    lines
}

fn refinement(id: &str, property: &str, scheme: &str, value: &str) -> String {
    format!("<meta refines=\"#{id}\" property=\"{property}\"{scheme}>{}</meta>\n", escaped(value))
}

fn meta(property: &str, value: &str) -> String {
    format!("<meta property=\"{property}\">{}</meta>\n", escaped(value))
}
