//! The manuscript: a proven, ordered set of chapters with the book's metadata; what every format is rendered from.

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
    /// Date of the book, `YYYY-MM-DD`.
    pub date: String,
    /// The book's unique identifier, a `urn:uuid:`.
    pub identifier: String,
    /// A notice for the front matter, such as that the text is a rehearsal's placeholder.
    pub notice: Option<String>,
    /// The chapters in reading order.
    pub chapters: Vec<Chapter>,
}

/// One chapter of the manuscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The chapter's number in the book, from 1; gaps under the `omit` policy leave numbers out.
    pub number: u32,
    /// The chapter's title.
    pub title: String,
    /// The text as Markdown; its own headings start at level 2, the chapter's heading is the binder's.
    pub body: String,
}
