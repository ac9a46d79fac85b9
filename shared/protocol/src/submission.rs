//! Submissions from upstream systems and the receipts they get, as CloudEvents in structured JSON.

mod reading;
mod schema;
#[cfg(test)]
mod tests;
mod topic;

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{BookId, CHAPTER_LENGTHS, phrasing::without_control};
use bindery_ledger::{AuditMode, Book, GapPolicy, Preset, State};
use bindery_outline::BookKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::reading::{OtherType, content, envelope};
use self::schema::{Audit, Gaps, PresetName};
pub use self::{
    reading::{Cause, InvalidSubmission},
    topic::{MAX_TOPIC_CHARS, TOPIC_CHAPTERS, TopicText, USUAL_CHAPTERS, USUAL_LANGUAGE},
};
use crate::{Message, book_event::BookEventFile, notice::MAX_WEBHOOK_CHARS};

/// The media type of a CloudEvent in structured JSON.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>
const MEDIA_TYPE: &str = "application/cloudevents+json";

/// The type of a submission.
pub const SUBMIT: &str = "bindery.book.submit.v1";

/// The type of the answer to an accepted submission.
pub const ACCEPTED: &str = "bindery.submission.accepted.v1";

/// The type of the answer to a rejected submission.
pub const REJECTED: &str = "bindery.submission.rejected.v1";

/// The most bytes a submission may have, its outline included.
pub const MAX_BYTES: usize = 1_000_000;

/// The most characters of the name that a sender gives a book.
const MAX_REQUEST_ID_CHARS: usize = 200;

/// The most errors that an answer lists. A sender may make one with every few bytes of a submission.
const MAX_ERRORS: usize = 100;

/// The most characters of an error or a name that an answer quotes.
const MAX_QUOTED_CHARS: usize = 300;

/// The most tags of a book.
const MAX_TAGS: usize = 10;

/// The most characters of a tag.
const MAX_TAG_CHARS: usize = 50;

/// Returns all that is wrong with the tags of a book.
pub fn tags_flaws(tags: &BTreeSet<String>) -> Vec<String> {
    let mut flaws = Vec::new();
    if tags.len() > MAX_TAGS {
        flaws.push(format!("tags: has {} words, but may have {MAX_TAGS}", tags.len()));
    }
    let is_wrong = |tag: &&String| {
        !(1..=MAX_TAG_CHARS).contains(&tag.chars().count())
            || tag.trim() != tag.as_str()
            || tag.contains(|character: char| character == ',' || character.is_control())
    };
    flaws.extend(tags.iter().filter(is_wrong).map(|tag| {
        let begins: String = tag.chars().take(MAX_TAG_CHARS).collect();
        format!(
            "tags: `{}` must have 1 to {MAX_TAG_CHARS} characters, no comma, no control character and no space around it",
            without_control(&begins)
        )
    }));
    flaws
}

/// Returns all that is wrong with the name that a sender gives a book.
pub fn request_id_flaws(name: &str) -> Vec<String> {
    let length = name.chars().count();
    let mut flaws = Vec::new();
    if !(1..=MAX_REQUEST_ID_CHARS).contains(&length) {
        flaws.push(format!("request_id: has {length} characters, but must have 1 to {MAX_REQUEST_ID_CHARS}"));
    }
    if name.chars().any(char::is_control) {
        flaws.push("request_id: holds a control character".to_owned());
    }
    flaws
}

/// A CloudEvent as this program reads and writes it. Attributes it does not know are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CloudEvent<T> {
    /// The version of CloudEvents: `1.0`.
    pub specversion: String,
    /// What it is, with the version of its content, like `bindery.book.submit.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who says so, as a URI reference.
    pub source: String,
    /// The event's name: the same when it is sent again.
    pub id: String,
    /// Which book it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened, by RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The content.
    pub data: T,
}

/// A book that an upstream system asks for. It names no address and no key, and no file but the uploads of its tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["outline"]}, {"required": ["topic"]}]))]
pub struct Submission {
    /// The sender's own name for the book, 1 to 200 characters: the same name with the same content is the same book.
    pub request_id: String,
    /// The outline; a book has an outline or a topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OutlineText")]
    pub outline: Option<OutlineText>,
    /// The topic, of which a model makes the outline when the book is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TopicText")]
    pub topic: Option<TopicText>,
    /// What the book is; without it what the outline says, or else the fleet's, or else a guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BookKind>,
    /// The model, as `provider:model`; without it the outline's, or else the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Words in a chapter for which the outline names none; characters for Japanese and Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "reading::whole")]
    #[schemars(range(min = *CHAPTER_LENGTHS.start(), max = *CHAPTER_LENGTHS.end()))]
    pub words: Option<u32>,
    /// Whether the outline is taken as it stands, without a planning call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_plan: bool,
    /// The formats to bind, as a set: their order means nothing, and one that is named twice counts once. Without them the
    /// fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formats: Option<Vec<String>>,
    /// What becomes of the book when a chapter cannot be written; without it the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Gaps>")]
    pub gaps: Option<GapPolicy>,
    /// A named set of knobs, which decides on those that the submission does not name; without it the fleet's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<PresetName>")]
    pub preset: Option<Preset>,
    /// Whether the chapters are read as a whole before they are bound, and mended; without it as the fleet does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Audit>")]
    pub audit: Option<AuditMode>,
    /// How many drafts of each section are written, of which one is chosen; without it as many as the fleet says.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "reading::whole")]
    #[schemars(range(min = 1, max = 4))]
    pub best_of: Option<u32>,
    /// The most the book may cost, in US dollars: it is then held, and goes on with a larger one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<f64>,
    /// How much of the fleet the book may take, 1 as others do: so many times as many of its chapters are released at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 10.0))]
    pub weight: Option<f64>,
    /// Whether the book waits for an approval once it is planned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub review: bool,
    /// The words by which you find the book among others, as a set: at most 10, each of 1 to 50 characters and without a comma.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// The id of a webhook of yours that is told of this book, also if it is told only of books that name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = MAX_WEBHOOK_CHARS))]
    pub webhook: Option<String>,
    /// The cover: the SHA-256 of an upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub cover: Option<String>,
    /// The pictures that the outline names: the SHA-256 of an upload by the path in the outline.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pictures: BTreeMap<String, String>,
}

/// An outline as a submission carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutlineText {
    /// Markdown, as a writer types it.
    Markdown(String),
    /// YAML.
    Yaml(String),
    /// The same as a JSON object.
    Json(Value),
}

/// What became of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The sender's name for the book; none where the submission could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The book's id, where it was taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub book: Option<BookId>,
    /// Whether this very book had been taken in before.
    #[serde(default)]
    pub repeated: bool,
    /// All that is wrong with it; empty where it was taken in.
    #[serde(default)]
    pub errors: Vec<String>,
    /// Where the book stands, if it had been taken in before: `accepted`, `planning`, `writing`, `binding`, `done`, `failed` or
    /// `cancelled`. A sender that missed its last event need not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Why the book stands still, if it does: `operator`, `budget` or `review`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// Details for people: why the book failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The bound files, once there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<BookEventFile>,
}

impl Receipt {
    /// Makes the answer to a submission whose book is taken in.
    pub fn accepted(request_id: &str, book: BookId) -> Self {
        Self { request_id: Some(request_id.to_owned()), book: Some(book), ..Self::default() }
    }

    /// Makes the answer to a submission whose book had been taken in before.
    pub fn repeated(book: &Book) -> Self {
        Self {
            repeated: true,
            state: Some(state(book.state).to_owned()),
            holds: book.holds.iter().map(ToString::to_string).collect(),
            detail: book.reason.clone().unwrap_or_default(),
            files: book.binding.iter().flat_map(|binding| &binding.files).map(BookEventFile::of).collect(),
            ..Self::accepted(&book.request_id, book.id.clone())
        }
    }

    /// Makes the answer to a submission that is not taken in. Errors and names of any number and length become an answer
    /// that the broker accepts.
    pub fn rejected(request_id: Option<&str>, errors: &[String]) -> Self {
        let (request_id, errors) = (request_id.map(quoted), shortened(errors, MAX_ERRORS));
        Self { request_id, errors, ..Self::default() }
    }
}

/// Returns the first errors, each as far as a person would read it, and how many more there are.
pub(crate) fn shortened(errors: &[String], most: usize) -> Vec<String> {
    let more = errors.len().saturating_sub(most);
    let mut shown: Vec<String> = errors.iter().take(most).map(|error| quoted(error)).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}

pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Accepted => "accepted",
        State::Planning => "planning",
        State::Writing => "writing",
        State::Auditing => "auditing",
        State::Binding => "binding",
        State::Done => "done",
        State::Failed(_) => "failed",
        State::Cancelled => "cancelled",
    }
}

impl<T> CloudEvent<T> {
    /// Makes an event whose source is this program.
    pub fn new(kind: impl Into<String>, id: impl Into<String>, data: T) -> Self {
        let (kind, id) = (kind.into(), id.into());
        Self { specversion: "1.0".into(), kind, source: "/bindery".into(), id, subject: None, time: None, data }
    }

    /// Renders the event as a message.
    pub fn message(&self) -> Message
    where
        T: Serialize,
    {
        let body = serde_json::to_vec(self).expect("an event holds only what JSON can say");
        Message { content_type: MEDIA_TYPE.to_owned(), ..Message::new(self.id.clone(), body) }
    }
}

impl Submission {
    /// Reads a message's body.
    pub fn decode(body: &[u8]) -> Result<Self, InvalidSubmission> {
        reading::decode(body)
    }

    /// Reads a submission that comes without the envelope of an event. `request_id` is the sender's name for the book where it
    /// came beside the submission.
    pub fn decode_content(body: &[u8], request_id: Option<&str>) -> Result<Self, InvalidSubmission> {
        reading::decode_content(body, request_id)
    }
}
