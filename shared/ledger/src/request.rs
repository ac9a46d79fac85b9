//! The request: what a client sends, an outline with its settings.

use bindery_domain::{BookId, Digest, Micros, TraceParent, UnknownFields};
use bindery_outline::Outline;
use serde::{Deserialize, Serialize};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Whose book it is; never taken from a message's body.
    pub tenant: String,
    /// The client's own name for this request: repeating it names the same book.
    pub request_id: String,
    /// What changes the words of the book.
    pub order: Order,
    /// What does not, and may be changed by asking again.
    pub terms: Terms,
    /// Where in a trace it was taken in; none where nothing is traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceParent>,
}

/// What changes the words: the same order is the same book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The outline, as it was parsed.
    pub outline: Outline,
    /// The model as `provider:model`.
    pub model: String,
    /// Target length of a chapter for which the outline names none.
    pub chapter_length: u32,
    /// Length of the section a chapter is divided into.
    pub section_length: u32,
    /// How the shared context comes about.
    pub plan: PlanMode,
    /// The date the book carries, `YYYY-MM-DD`.
    pub date: String,
}

/// How the shared context comes about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// One book-level model call decides what the outline leaves open.
    Model,
    /// The outline alone, without a model call.
    Compiled,
    /// A context the user wrote or edited, as its JSON.
    Given(String),
}

/// What does not change the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How many chapters may be released at once.
    pub window: u32,
    /// What becomes of the book when a chapter dies.
    pub gaps: GapPolicy,
    /// What the book may cost at most.
    pub budget: Option<Micros>,
    /// The most the planning call may cost.
    pub plan_estimate: Micros,
    /// How long the book may take, in milliseconds; holds stop the clock.
    pub deadline_ms: u64,
    /// Whether the book waits for an approval once it is planned.
    pub review: bool,
    /// The formats to bind, as file extensions.
    pub formats: Vec<String>,
    /// What a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// What becomes of the book when a chapter dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapPolicy {
    /// The book fails once the wave is settled; its texts are kept.
    #[default]
    Fail,
    /// The chapter is left out.
    Omit,
    /// A page says that the chapter is missing.
    Placeholder,
}

impl Request {
    /// Returns the book this request makes.
    pub fn book_id(&self) -> BookId {
        BookId::of(&self.tenant, &self.request_id)
    }
}

impl Order {
    /// Returns the name of everything that changes the words.
    pub fn digest(&self) -> Digest {
        Digest::of_json(self)
    }

    /// Returns the language tag of the book.
    pub fn language(&self) -> &str {
        self.outline.front.language.as_deref().unwrap_or("en")
    }

    /// Returns a chapter's wave: chapters marked `last` are written from the true summaries of all others.
    ///
    /// A book in which every chapter is marked has one wave.
    pub fn wave(&self, chapter: u32) -> u16 {
        let chapters = &self.outline.chapters;
        let marked = chapters.get(chapter as usize - 1).is_some_and(|chapter| chapter.last);
        u16::from(marked && !chapters.iter().all(|chapter| chapter.last))
    }
}
