//! The context: the one document that every chapter of a book is written from, so that no chapter waits for another.
//!
//! A context is made once per edition, never changes, and is named by its digest. Its *book part* stands first in every
//! prompt. A chapter's *slice* says what the chapter must write and what belongs to other chapters.

mod alike;
pub mod answer;
mod book_part;
mod compile;
pub mod contract;
mod edge;
pub mod expected;
mod fit;
mod form;
mod given;
mod language_name;
mod render;
mod secret;
mod slice;

use bindery_domain::Unit;
use bindery_outline::BookKind;
use serde::{Deserialize, Serialize};

pub use self::{
    alike::Decided,
    book_part::{BookPart, Character, Example, Place, Style, Term},
    compile::Lengths,
    fit::{Fit, RULES_TOKENS},
    form::Form,
    given::InvalidContext,
    language_name::named_language,
    render::LONGEST_BOOK_PART,
    secret::{Knowing, Secret},
    slice::{FixedSection, Point, Reference, Slice},
};

/// The version of contexts that this program writes, and the latest that it reads.
pub const VERSION: u16 = 2;

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
    /// What the reader of a story learns late. It stands in slices alone, since all prompts share the book part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// The slices of the chapters, in order.
    pub chapters: Vec<Slice>,
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

    /// Returns what the book is. A context of an earlier version does not hold it, so its author's words tell it.
    pub fn kind(&self) -> BookKind {
        let BookPart { title, description, audience, style, kind, .. } = &self.book;
        let told = || BookKind::told_by(&[title, description, audience, &style.tone].map(String::as_str).join("\n"));
        kind.or_else(told).unwrap_or(BookKind::Nonfiction)
    }

    /// Returns whether any chapter is written after all others, from their true summaries.
    pub fn has_last(&self) -> bool {
        self.chapters.iter().any(|slice| slice.last)
    }
}
