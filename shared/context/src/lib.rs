//! The context: the one document that every chapter of a book is written from, so that no chapter waits for another.
//!
//! A context is made once per edition, never changes, and is named by its digest. Its *book part* stands first in every
//! prompt. A chapter's *slice* says what the chapter must write and what belongs to other chapters.

pub mod answer;
mod compile;
pub mod contract;
pub mod expected;
mod fit;
mod render;

use bindery_domain::Unit;
use serde::{Deserialize, Serialize};

pub use self::{
    compile::Lengths,
    fit::{Fit, RULES_TOKENS},
    render::LONGEST_BOOK_PART,
};

/// The version of contexts that this program writes, and the latest that it reads.
pub const VERSION: u16 = 1;

/// A context cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableContext {
    /// Its version is later than this program reads.
    #[error("its version is {0}, this program reads {VERSION}")]
    Newer(u16),
    /// It is not JSON in the shape of a context.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
}

/// The part of a context that all versions share.
#[derive(Deserialize)]
struct Versioned {
    version: u16,
}

/// Everything that the writer of a chapter must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The version of its shape.
    pub version: u16,
    /// What holds for the whole book.
    pub book: BookPart,
    /// The slices of the chapters, in order.
    pub chapters: Vec<Slice>,
}

/// What holds for the whole book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookPart {
    /// The title.
    pub title: String,
    /// The author's own description, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What the book says, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thesis: String,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub audience: String,
    /// What its reader can do or know afterwards.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promise: String,
    /// What it leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_scope: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// How it sounds.
    #[serde(default)]
    pub style: Style,
    /// Terms, each with one spelling for the whole book.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glossary: Vec<Term>,
    /// Facts, names and dates that hold in every chapter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canon: Vec<String>,
}

/// How a book sounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// The tone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tone: String,
    /// Who speaks, in which person and tense.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub point_of_view: String,
    /// A paragraph in the book's voice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sample: String,
    /// Words and phrases it does not use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<String>,
}

/// A term with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The term, as it is spelled.
    pub term: String,
    /// What it means.
    pub definition: String,
}

/// One chapter's share of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// The chapter's number, from 1.
    pub chapter: u32,
    /// Its title.
    pub title: String,
    /// What it does in the book.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// One line that tells other chapters what this one covers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The points that are this chapter's own to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owns: Vec<Point>,
    /// Points of other chapters that it may mention but not explain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Where its examples come from, so that no two chapters tell the same one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example_domain: String,
    /// How it opens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub opening: String,
    /// How it closes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closing: String,
    /// What it leaves open for the chapter after it to take up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hand_off: String,
    /// Its length, in the book's unit.
    pub length: u32,
    /// How many sections it has.
    pub sections: u32,
    /// The sections that its author fixed, in order; empty where the brief chooses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<FixedSection>,
    /// Whether it is written after all others, from their true summaries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
    /// Whether readers see no number before its title, as with an introduction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnumbered: bool,
    /// Whether its summary is its text, word for word, as with a dedication that its author typed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
}

/// A key point with the id by which briefs refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The id, like `3.2` for the second point of chapter 3.
    pub id: String,
    /// The point, word for word.
    pub text: String,
}

/// A point of another chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The point's id.
    pub id: String,
    /// The chapter that owns it.
    pub chapter: u32,
    /// The point, word for word.
    pub text: String,
}

/// A section that the outline's author fixed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSection {
    /// Its heading.
    pub heading: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The ids of its points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
}

impl Context {
    /// Reads a context. An unknown field is an error, so that a person who writes a context by hand learns of it.
    pub fn read(json: &str) -> Result<Self, UnreadableContext> {
        let Versioned { version } = serde_json::from_str(json)?;
        if version > VERSION {
            return Err(UnreadableContext::Newer(version));
        }
        Ok(serde_json::from_str(json)?)
    }

    /// Returns a chapter's slice; `None` where the book has no chapter of this number.
    pub fn slice(&self, chapter: u32) -> Option<&Slice> {
        self.chapters.get((chapter as usize).checked_sub(1)?)
    }

    /// Returns the unit of the book's lengths.
    pub fn unit(&self) -> Unit {
        bindery_text::length::unit(&self.book.language)
    }

    /// Returns whether the author calls the book a novel, stories or the like. Fiction makes its points in scenes.
    pub fn is_fiction(&self) -> bool {
        const WORDS: [&str; 22] = [
            "novel",
            "novella",
            "fiction",
            "short stories",
            "thriller",
            "fairy tale",
            "kurzgeschichten",
            "erzählung",
            "krimi",
            "märchen",
            "nouvelles",
            "conte",
            "novela",
            "cuentos",
            "racconti",
            "romanzo",
            "powieść",
            "opowiadania",
            "роман",
            "рассказ",
            "小説",
            "小说",
        ];
        let BookPart { title, description, audience, style, .. } = &self.book;
        let said = [title, description, audience, &style.tone].map(|text| text.to_lowercase()).join("\n");
        !said.contains("non-fiction") && !said.contains("nonfiction") && WORDS.iter().any(|word| stands_in(word, &said))
    }

    /// Returns whether any chapter is written after all others, from their true summaries.
    pub fn has_last(&self) -> bool {
        self.chapters.iter().any(|slice| slice.last)
    }
}

/// Returns whether a word stands in a text, with any ending.
fn stands_in(word: &str, text: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphabetic) || !word.is_ascii())
}

impl Slice {
    /// Returns whether a model must divide the chapter into sections. There is nothing to divide where the chapter is one
    /// section, or where its author fixed all of them.
    pub fn needs_brief(&self) -> bool {
        !self.typed && self.sections > 1 && self.fixed.is_empty()
    }

    /// Returns the chapter's own point with this id; `None` where it owns no such point.
    pub fn point(&self, id: &str) -> Option<&Point> {
        self.owns.iter().find(|point| point.id == id)
    }
}
