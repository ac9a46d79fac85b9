//! The request that a client sends: an outline or a topic, with its settings.

use std::{borrow::Cow, collections::BTreeSet};

use bindery_domain::{BookId, Digest, Micros, StageModels, TraceParent, UnknownFields};
use bindery_outline::{BookKind, FrontMatter, Outline};
use serde::{Deserialize, Serialize};

use super::{BookChecks, BoundFile};

/// A client's request for a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The tenant that owns the book; never taken from a message's body.
    pub tenant: String,
    /// The client's own name for this request. A request with the same name is for the same book.
    pub request_id: String,
    /// The settings that change the words of the book.
    pub order: Order,
    /// The settings that do not change the words, and that a repeated request may change.
    pub terms: Terms,
    /// The point in a trace at which it was accepted; `None` where nothing is traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceParent>,
    /// Whether its book has a shorter id, which an earlier program gave it. It is not stored: the place where the request is
    /// stored tells it.
    #[serde(skip)]
    pub former_id: bool,
}

/// The settings that change the words of a book. The same order makes the same book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The outline, as it was parsed. That of a topic is empty until the book is planned.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub outline: Outline,
    /// The topic from which the outline is made; `None` where a person wrote the outline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// The model, as `provider:model`: the first of those that write.
    pub model: String,
    /// The models of the stages that have others.
    #[serde(default, skip_serializing_if = "StageModels::is_empty")]
    pub stages: StageModels,
    /// The target length of chapters whose length the outline does not set.
    pub chapter_length: u32,
    /// The length of the sections into which a chapter is divided.
    pub section_length: u32,
    /// How the shared context is made.
    pub plan: PlanMode,
    /// The date the book carries, `YYYY-MM-DD`.
    pub date: String,
}

/// A topic, and what is asked of the outline that a model makes from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The topic, in the user's words.
    pub topic: String,
    /// The number of chapters.
    pub chapters: u32,
    /// The length of each chapter.
    pub words: u32,
    /// The BCP 47 tag of the language.
    pub language: String,
    /// What the book is; `None` where nobody said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BookKind>,
}

/// How the shared context is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// One model call for the whole book decides what the outline leaves open.
    Model,
    /// The context is made from the outline alone, without a model call.
    Compiled,
    /// The user wrote or edited the context; this is its JSON.
    Given(String),
}

/// The settings that do not change the words of a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How many chapters may be released at once.
    pub window: u32,
    /// What happens to the book when a chapter dies.
    pub gaps: GapPolicy,
    /// The most the book may cost.
    pub budget: Option<Micros>,
    /// The most the planning call may cost.
    pub plan_estimate: Micros,
    /// How long the book may take, in milliseconds; holds stop the clock.
    pub deadline_ms: u64,
    /// Whether the book waits for an approval once it is planned.
    pub review: bool,
    /// The formats to bind, as file extensions.
    pub formats: Vec<String>,
    /// The metadata in place of that of the outline; `None` where the outline's has not changed since the book was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<FrontMatter>>,
    /// The author's cover, as it was stored with the book's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<BoundFile>,
    /// The author's pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<GivenPicture>,
    /// Whether the set of chapters is read as a whole before it is bound.
    #[serde(default)]
    pub audit: AuditMode,
    /// How many drafts of each section are written, of which one is chosen.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub best_of: u8,
    /// The words by which its owner finds it among others, each once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// How its chapters are checked; `None` where the settings of each worker decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<BookChecks>,
    /// The id of the webhook that the request names for its book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// Returns the number of drafts of a section where nothing is said.
fn one() -> u8 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &u8) -> bool {
    *number == 1
}

/// A picture of the author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenPicture {
    /// The path under which the outline names it.
    pub path: String,
    /// The picture, as it was stored with the book's files.
    pub file: BoundFile,
}

/// What happens to the book when a chapter dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapPolicy {
    /// The book fails once the wave is settled; its texts are kept.
    #[default]
    Fail,
    /// The chapter is left out.
    Omit,
    /// A page in the chapter's place says that it is missing.
    Placeholder,
}

/// Whether the set of chapters is read as a whole before it is bound, and what follows from that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditMode {
    /// It is not read.
    #[default]
    Off,
    /// What is found stands in the report.
    Report,
    /// What is found is mended, and the rest stands in the report.
    Repair,
}

impl Request {
    /// Returns the id of the book that this request is for.
    pub fn book_id(&self) -> BookId {
        let id = if self.former_id { BookId::former } else { BookId::of };
        id(&self.tenant, &self.request_id)
    }
}

impl Request {
    /// Returns the metadata of the book: of the last request, or else of its outline.
    pub fn metadata(&self) -> &FrontMatter {
        self.terms.metadata.as_deref().unwrap_or(&self.order.outline.front)
    }
}

impl Order {
    /// Returns whether another order makes the same text. Their metadata may differ, and so their dates.
    pub fn has_text_of(&self, other: &Self) -> bool {
        let (mut renamed, other) = (self.as_asked().into_owned(), other.as_asked());
        renamed.outline.front = renamed.outline.front.with_metadata(&other.outline.front);
        renamed.date.clone_from(&other.date);
        renamed == *other
    }

    /// Returns the order as it was asked for: without the outline that a model has made from its topic.
    fn as_asked(&self) -> Cow<'_, Self> {
        match self.topic {
            None => Cow::Borrowed(self),
            Some(_) => Cow::Owned(Self { outline: Outline::default(), ..self.clone() }),
        }
    }

    /// Returns the topic whose outline is still to be made.
    pub fn open_topic(&self) -> Option<&Topic> {
        self.topic.as_ref().filter(|_| self.outline.chapters.is_empty())
    }

    /// Returns the metadata of other front matter; `None` where it is that of this order.
    pub fn changed_metadata(&self, front: &FrontMatter) -> Option<Box<FrontMatter>> {
        let metadata = front.metadata();
        (metadata != self.outline.front.metadata()).then(|| Box::new(metadata))
    }

    /// Returns the digest of everything that changes the words, as it was asked for.
    pub fn digest(&self) -> Digest {
        Digest::of_json(&*self.as_asked())
    }

    /// Returns the models of every stage.
    pub fn models(&self) -> StageModels {
        self.stages.clone().complete(&self.model)
    }

    /// Returns the language tag of the book.
    pub fn language(&self) -> &str {
        let asked = self.open_topic().map(|topic| topic.language.as_str());
        asked.or(self.outline.front.language.as_deref()).unwrap_or("en")
    }

    /// Returns the title of the book: the beginning of its topic while it has no outline.
    pub fn title(&self) -> String {
        const MAX_CHARS: usize = 80;
        let Some(topic) = self.open_topic() else { return self.outline.title.clone() };
        let line = topic.topic.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => format!("{}…", line[..end].trim_end()),
            None => line,
        }
    }
}

/// Lets serde leave out the outline that is still to be made from a topic.
fn is_empty(outline: &Outline) -> bool {
    outline.chapters.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::{Order, sample};

    #[test]
    fn an_order_whose_metadata_changed_makes_the_same_text() {
        let order = sample::request("r", 2).order;
        let mut other = order.clone();
        other.outline.front.blurb = Some("Read it.".into());
        other.date = "2030-01-01".into();
        assert!(other.has_text_of(&order) && other.digest() != order.digest());
        assert_eq!(order.changed_metadata(&order.outline.front), None);
        let changed = order.changed_metadata(&other.outline.front).unwrap();
        assert_eq!(changed.blurb.as_deref(), Some("Read it."));
        other.outline.front.tone = Some("dry".into());
        assert!(!other.has_text_of(&order));
    }

    #[test]
    fn an_order_from_a_topic_stays_the_same_once_its_outline_is_made() {
        let asked = sample::topic_request("r", 2).order;
        let made = Order { outline: sample::request("r", 2).order.outline, ..asked.clone() };
        assert!(asked.open_topic().is_some() && made.open_topic().is_none());
        assert!(made.has_text_of(&asked) && asked.has_text_of(&made));
        assert_eq!(made.digest(), asked.digest());
        let mut other = asked.clone();
        other.topic.as_mut().unwrap().chapters = 3;
        assert!(!other.has_text_of(&made) && other.digest() != asked.digest());
    }
}
