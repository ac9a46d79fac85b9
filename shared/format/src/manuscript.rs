//! The manuscript from which every format is rendered: the chapters in order, with the book's metadata.

use bindery_outline::Role;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Picture, publication::Publication};

/// A whole book, ready to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manuscript {
    /// The book's title.
    pub title: String,
    /// Subtitle, for the title page.
    pub subtitle: Option<String>,
    /// Authors, in order; may be empty.
    pub authors: Vec<String>,
    /// BCP 47 tag of the book's language.
    pub language: String,
    /// What the book is about, as Markdown.
    pub description: String,
    /// Publisher, for the metadata.
    pub publisher: Option<String>,
    /// Rights statement, for the metadata.
    pub rights: Option<String>,
    /// The day on which the book was first asked for, `YYYY-MM-DD`. It is not a date that readers see.
    pub date: String,
    /// When the texts of its edition were complete, `YYYY-MM-DDThh:mm:ssZ`; the day above where it is not known.
    pub modified: Option<String>,
    /// The book's unique identifier, a `urn:uuid:`.
    pub identifier: String,
    /// A notice for the front matter, for example that the text comes from a rehearsal.
    pub notice: Option<String>,
    /// What sells the book: what its first pages and its metadata say beside the fields above.
    pub publication: Publication,
    /// The chapters in reading order.
    pub chapters: Vec<Chapter>,
    /// The pictures that the author gave.
    pub pictures: Vec<Picture>,
}

/// One chapter of the manuscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The chapter's number in the book, from 1. Under the gap policy `omit`, numbers may be missing.
    pub number: u32,
    /// The number that readers see; `None` for an introduction, an appendix and the like.
    pub shown_number: Option<u32>,
    /// What the chapter is in the book.
    pub role: Role,
    /// The title of the part that the chapter stands in, for the contents.
    pub part: Option<String>,
    /// The chapter's title.
    pub title: String,
    /// What its readers can do afterwards, in a course.
    pub goals: Vec<String>,
    /// Where the text comes from, for programs; `None` where it is not known.
    pub provenance: Option<Provenance>,
    /// The text as Markdown, without the chapter's heading; its own headings start at level 2.
    pub body: String,
}

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Provenance {
    /// The model that the book was ordered from, as `provider:model`.
    pub model: String,
    /// The edition in which the text was written.
    pub edition: u32,
    /// The SHA-256 of the text as it is stored.
    pub digest: String,
}
