//! What sells a book, as structure.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    book::Book,
    publication::{Contributor, Publication, Series, disclosure_page},
};

/// What sells a book.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Publication")]
pub(super) struct Published<'b> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributors: Vec<&'b Contributor>,
    /// The ISBNs of its editions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    isbns: Vec<Isbn<'b>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<&'b Series>,
    /// The edition: a number or a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<&'b str>,
    /// Words by which the book is found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'b str>,
    /// Codes of BISAC, the main one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bisac: Vec<&'b str>,
    /// Codes of Thema, the main one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thema: Vec<&'b str>,
    /// What sellers tell readers of the book, as text.
    blurb: String,
    /// What the book says of the model that wrote it, a paragraph each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disclosure: Vec<String>,
}

/// The ISBN of an edition.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Isbn")]
struct Isbn<'b> {
    /// The edition, like `epub`; absent where the ISBN is the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<&'b str>,
    isbn: &'b str,
}

impl<'b> Published<'b> {
    /// Returns what sells a book.
    pub(super) fn of(book: &Book<'b>) -> Self {
        let publication: &'b Publication = &book.manuscript.publication;
        let isbn = |of: &'b crate::EditionIsbn| Isbn { edition: of.edition.as_deref(), isbn: &of.isbn };
        let texts = |texts: &'b [String]| texts.iter().map(String::as_str).collect();
        Self {
            contributors: publication.contributors.iter().collect(),
            isbns: publication.isbns.iter().map(isbn).collect(),
            series: publication.series.as_ref(),
            edition: publication.edition.as_deref(),
            keywords: texts(&publication.keywords),
            bisac: texts(&publication.bisac),
            thema: texts(&publication.thema),
            blurb: book.blurb(),
            disclosure: disclosure_page(book.manuscript).map(|page| page.paragraphs).unwrap_or_default(),
        }
    }
}
