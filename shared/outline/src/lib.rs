//! The outline: what a writer provides. Its words are kept as they are.
//!
//! [`parse`] reads an outline from Markdown, YAML or JSON and reports every fault with its line.
//! [`to_markdown`] writes one. `docs/outline.md` describes the format for writers.

mod book_kind;
mod captions;
mod check;
mod dates;
mod docx;
mod fault;
mod fields;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod goals;
mod habits;
mod json;
mod kind;
mod labels;
mod manner;
mod markdown;
mod metadata;
mod node;
mod numbering;
mod page;
mod reading;
mod render;
mod role;
mod schema;
mod source;
mod stated;
mod suggest;
#[cfg(test)]
mod tests;
mod values;
mod yaml;

use bindery_domain::CHAPTER_LENGTHS;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use book_kind::BookKind;
pub use fault::OutlineError;
pub use kind::Kind;
pub use labels::number;
pub use manner::{Citations, Headings, NumberStyle, Variety};
pub use metadata::{Contributor, ContributorRole, Isbn, Series};
pub use numbering::{NumberedPart, Numbering, labelled};
pub use reading::{Note, Reading, Shape};
pub use render::to_markdown;
pub use role::Role;

/// The most bytes that an outline may have.
pub const MAX_BYTES: usize = 5_000_000;
/// The most chapters that a book may have.
const MAX_CHAPTERS: usize = 2_000;
/// The most sections that a chapter may have.
const MAX_SECTIONS: usize = 24;
/// The most key points that a chapter may have, those of its sections included.
const MAX_POINTS: usize = 64;
/// The most learning goals that a chapter may have.
const MAX_GOALS: usize = 12;
/// The most characters that a title, a heading or a glossary term may have.
const MAX_TITLE: usize = 300;
/// The shortest length that a chapter may be given, in words or characters.
const MIN_WORDS: u32 = *CHAPTER_LENGTHS.start();
/// The longest length that a chapter may be given, in words or characters.
const MAX_WORDS: u32 = *CHAPTER_LENGTHS.end();

/// Reads an outline.
///
/// Every word that the writer wrote about a chapter is in its title, summary, key points or sections, as it was typed.
/// Only HTML comments, characters that no book can hold, and marks of other tools are dropped.
pub fn parse(bytes: &[u8], kind: Kind) -> Result<Outline, OutlineError> {
    read_whole(bytes, kind, None).map(|reading| reading.outline)
}

/// Reads an outline, and tells how it was read. `shape` says what its highest headings are where that is not plain.
///
/// A dedication and the like without a text is left out of an outline that has texts, for nobody but its author can write it.
pub fn read(bytes: &[u8], kind: Kind, shape: Option<Shape>) -> Result<Reading, OutlineError> {
    let mut reading = read_whole(bytes, kind, shape)?;
    let Reading { outline, notes, .. } = &mut reading;
    notes.extend(numbering::note(outline));
    // In a list of bare titles, a chapter without a text says nothing.
    if outline.chapters.iter().all(|chapter| chapter.summary.is_empty() && chapter.points.is_empty()) {
        return Ok(reading);
    }
    for chapter in outline.chapters.extract_if(.., |chapter| chapter.is_left_open()) {
        let text = format!(
            "\"{}\" has no text and is left out; write its text below its heading, or a length such as `{{words=100}}` to \
             have it written",
            chapter.title
        );
        notes.push(Note { line: None, text });
    }
    let is_used = |part: &Part| outline.chapters.iter().any(|chapter| chapter.part.as_ref() == Some(&part.title));
    outline.parts.retain(is_used);
    Ok(reading)
}

fn read_whole(bytes: &[u8], kind: Kind, shape: Option<Shape>) -> Result<Reading, OutlineError> {
    let source::Decoded { text, is_windows } = match kind {
        Kind::Docx => source::Decoded { text: docx::text(bytes)?, is_windows: false },
        _ => source::decode(bytes)?,
    };
    let mut faults = fault::Faults::default();
    let plain = |draft| markdown::Read { draft, notes: Vec::new(), alternative: None };
    let read = match kind {
        Kind::Markdown | Kind::Docx => markdown::read(&text, shape, &mut faults),
        Kind::Yaml => yaml::read(&text, 1).map(|root| plain(fields::outline(root, &mut faults))),
        Kind::Json => json::read(&text).map(|root| plain(fields::outline(root, &mut faults))),
    };
    match read {
        Ok(markdown::Read { draft, mut notes, alternative }) => {
            notes.splice(..0, is_windows.then(source::note));
            let outline = check::check(draft, faults)?;
            Ok(Reading { outline, notes, alternative })
        }
        Err(problem) => Err(faults.stopped_by(problem)),
    }
}

/// A whole outline: one schema, whether it was typed as Markdown, YAML or JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Outline {
    /// The book's title.
    #[schemars(length(min = 1, max = MAX_TITLE))]
    pub title: String,
    /// What the book is about and for whom, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Settings and metadata that a Markdown outline carries in its front matter.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// The parts that group chapters, in order; empty where the book has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The chapters, in order; at least one.
    #[schemars(length(min = 1, max = MAX_CHAPTERS))]
    pub chapters: Vec<Chapter>,
}

impl Outline {
    /// Returns the number of each chapter; `None` for one that has none.
    pub fn numbers(&self) -> Vec<Option<u32>> {
        let mut count = 0;
        let number = |chapter: &Chapter| {
            let is_numbered = chapter.role().is_numbered();
            count += u32::from(is_numbered);
            is_numbered.then_some(count)
        };
        self.chapters.iter().map(number).collect()
    }

    /// Applies the rules for outlines that are read to one that a program made.
    ///
    /// The result has the form that [`parse`] gives, so that the Markdown of [`to_markdown`] reads back as the same.
    pub fn checked(&self) -> Result<Self, OutlineError> {
        from_value(serde_json::to_value(self).expect("an outline holds only texts and numbers"))
    }
}

fn from_value(root: serde_json::Value) -> Result<Outline, OutlineError> {
    let mut faults = fault::Faults::default();
    let draft = fields::outline(root.into(), &mut faults);
    check::check(draft, faults)
}

/// The rules for an outline in a file hold for one in a message.
impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_value(serde_json::Value::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Settings and metadata of a book; all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// What the book is, which decides what its plan holds; guessed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BookKind>,
    /// What stands between the sections of a chapter; when absent, breaks in fiction and titles in other books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headings: Option<Headings>,
    /// Whether the book may name sources that its author did not give; `none` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citations: Option<Citations>,
    /// How much the chapters differ in form and rhythm; `medium` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variety: Option<Variety>,
    /// Subtitle, for the title page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// Author, or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "schema::author")]
    pub author: Vec<String>,
    /// BCP 47 tag of the language the book is written in; `en` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who the book is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How the book sounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<String>,
    /// Who speaks, and in which person and tense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_of_view: Option<String>,
    /// A paragraph in the voice the book should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// Words and phrases the book must not use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<String>,
    /// Facts, names and dates every chapter must agree on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canon: Vec<String>,
    /// Terms with their meaning, spelled one way throughout the book.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub glossary: std::collections::BTreeMap<String, String>,
    /// Target length of a chapter: words, or characters for Japanese and Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MIN_WORDS, max = MAX_WORDS))]
    pub words: Option<u32>,
    /// Model as `provider:model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_-]+:\S+$"))]
    pub model: Option<String>,
    /// Date of the book, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub date: Option<String>,
    /// Words by which the book is found, for the metadata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// ISBN of the book, or one for each of its editions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isbn: Option<Isbn>,
    /// Publisher, for the metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Rights statement, for the metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// Who had a share in the book beside its authors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributors: Vec<Contributor>,
    /// The series that the book belongs to, and its number there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::series")]
    pub series: Option<Series>,
    /// The edition, as the copyright page says it: a number or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Subjects by their codes of BISAC, like `FIC019000`, the main one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bisac: Vec<String>,
    /// Subjects by their codes of Thema, like `FBA`, the main one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thema: Vec<String>,
    /// What sellers tell readers of the book. The description is for the writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurb: Option<String>,
    /// `off`, or the author's own words that tell readers of the model. When absent, the book says that a model wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::disclosure")]
    pub disclosure: Option<String>,
    /// Who claims that the EPUB conforms to the standards of accessibility. When absent, the EPUB claims nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified_by: Option<String>,
    /// A JPEG or PNG file, or the name of a design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// The size of a page of the PDF: `5x8`, `5.5x8.5`, `6x9`, `a5` or `a4`. When absent, it is `6x9`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim: Option<String>,
    /// How the numbers of chapters are shown: `arabic`, `roman`, `words` or `none`. When absent, it is `arabic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<NumberStyle>,
    /// How the numbers of parts are shown. When absent, the titles of parts stand as they were typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_numbering: Option<NumberStyle>,
}

/// A part of a book: a group of chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The part's title. Two parts next to each other have different ones.
    #[schemars(length(min = 1, max = MAX_TITLE))]
    pub title: String,
    /// What the part is about, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
}

/// One chapter of an outline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// The chapter's title.
    #[schemars(length(min = 1, max = MAX_TITLE))]
    pub title: String,
    /// What the chapter is about, as Markdown: everything the user wrote that is neither key point nor section.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What its readers can do afterwards, in a course: its learning goals, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_GOALS))]
    pub goals: Vec<String>,
    /// Key points the chapter must make; a nested list stays inside its point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_POINTS))]
    pub points: Vec<String>,
    /// Sections the user fixed; empty when the brief chooses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_SECTIONS))]
    pub sections: Vec<Section>,
    /// Target length of this chapter; the book's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MIN_WORDS, max = MAX_WORDS))]
    pub words: Option<u32>,
    /// Whether the chapter is written after all others, from their true summaries: an introduction, a conclusion.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
    /// The title of the part that the chapter stands in. The chapters of a part stand next to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_TITLE))]
    pub part: Option<String>,
    /// What the chapter is in the book, where its title does not tell it. It decides whether the chapter has a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Chapter {
    /// Returns what the chapter is in the book.
    pub fn role(&self) -> Role {
        self.role.or_else(|| Role::of_title(&self.title)).unwrap_or_default()
    }

    /// Returns the text that stands as it was typed, such as that of a dedication. A chapter with points, sections or a length
    /// is one to be written.
    pub fn typed_text(&self) -> Option<&str> {
        (self.is_personal() && !self.summary.is_empty()).then_some(self.summary.as_str())
    }

    /// Returns whether the chapter needs its author's own text and has none.
    fn is_left_open(&self) -> bool {
        self.is_personal() && self.summary.is_empty()
    }

    fn is_personal(&self) -> bool {
        role::is_of_author(self.role(), &self.title)
            && self.points.is_empty()
            && self.sections.is_empty()
            && self.words.is_none()
    }
}

/// One section of a chapter, as the user fixed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The section's heading.
    #[schemars(length(min = 1, max = MAX_TITLE))]
    pub heading: String,
    /// What the section is about, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Key points the section must make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_POINTS))]
    pub points: Vec<String>,
}
