//! The manuscript from which every format is rendered: the chapters in order, with the book's metadata.

use std::ops::RangeInclusive;

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
    /// The mark of its score, from 0 to 100, for programs; `None` where it has none.
    pub mark: Option<u32>,
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

/// Where a chapter's text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Provenance {
    /// The models that wrote the text or changed it, as `provider:model`, in the order of its sections; empty where none is
    /// known.
    pub models: Vec<String>,
    /// The SHA-256 of the text as it is stored.
    pub digest: String,
    /// The text as it was written, what changed it since then, and at the end the present one. Only the last changes are known.
    pub history: Vec<Version>,
    /// The calls that its sections come from, in order; empty where the text is not made of them, as after an edit.
    #[serde(skip)]
    pub sections: Vec<WrittenSection>,
}

/// A text of a chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Version {
    /// Its name, such as `2.1`: the edition, and how often the text was changed in it.
    pub version: String,
    /// How it came about.
    pub origin: Origin,
}

/// How a text came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A model wrote it from the plan.
    Written,
    /// A model mended places that the audit had found.
    Mended,
    /// A model changed what an editor's note asked for.
    Revised,
    /// A person edited it, and it was imported.
    Edited,
    /// A person took a former text back.
    Restored,
}

/// A section as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSection {
    /// The sections of the chapter's text in which it stands, as numbers of headings: 0 stands for the text before the first one.
    pub stands_in: RangeInclusive<usize>,
    /// The call that its text comes from.
    pub call: SectionCall,
}

/// The call that a section's text comes from. Traces name it by the same part and attempt of the task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SectionCall {
    /// The model, as `provider:model`; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The task in which the text was made: `write/3`, or `repair/1/3` in the first round of repairs.
    pub task: String,
    /// The number of the text within the task: that of the section, or a larger one where it was one of several drafts.
    pub part: u16,
    /// The number of the attempt that brought the text; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// How many answers could not be used.
    pub failed_tries: u32,
    /// How many rewrites were asked for because the text missed a target.
    pub rewrites: u32,
    /// All calls that were made for the text.
    pub calls: u32,
    /// The SHA-256 of the text as it is stored.
    pub digest: String,
}
