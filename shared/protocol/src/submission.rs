//! Submissions from upstream systems and the receipts they get, as CloudEvents in structured JSON.

use bindery_domain::BookId;
use bindery_ledger::GapPolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Message;

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

/// A book that an upstream system asks for. It names no file, no address and no key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The sender's own name for the book, 1 to 200 characters: the same name with the same content is the same book.
    pub request_id: String,
    /// The outline.
    pub outline: OutlineText,
    /// The model, as `provider:model`; without it the outline's, or else the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Words in a chapter for which the outline names none; characters for Japanese and Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 20_000))]
    pub words: Option<u32>,
    /// Whether the outline is taken as it stands, without a planning call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_plan: bool,
    /// The formats to bind; without them the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formats: Option<Vec<String>>,
    /// What becomes of the book when a chapter cannot be written; without it the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Gaps>")]
    pub gaps: Option<GapPolicy>,
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
}

/// The schema of a gap policy.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the ledger's own type knows nothing of schemas")]
enum Gaps {
    Fail,
    Omit,
    Placeholder,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
}

/// Why a message is no submission.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSubmission {
    /// The message is too large.
    #[error("the message has {0} bytes, {MAX_BYTES} are allowed; send a shorter outline")]
    TooLarge(usize),
    /// The message is not JSON of the documented shape.
    #[error("the message is no submission: {0}")]
    Shape(#[from] serde_json::Error),
    /// Fields are missing, unknown or invalid.
    #[error("the submission cannot be read: {}", .0.join("; "))]
    Fields(Vec<String>),
    /// The message is another event, or another version of this one.
    #[error("the message is a `{0}`; a submission is a `{SUBMIT}`")]
    Type(String),
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
        if body.len() > MAX_BYTES {
            return Err(InvalidSubmission::TooLarge(body.len()));
        }
        // The type is checked first: for the content of another event, the answer would only list wrong fields.
        let event: CloudEvent<Value> = serde_json::from_slice(body)?;
        if event.kind != SUBMIT {
            return Err(InvalidSubmission::Type(event.kind.chars().take(80).collect()));
        }
        Self::deserialize(&event.data).map_err(|_| InvalidSubmission::Fields(flaws(event.data)))
    }
}

/// The most flaws that are named at once.
const MAX_FLAWS: usize = 20;

/// The most characters of one flaw, since it may quote what the sender wrote.
const MAX_FLAW_CHARS: usize = 300;

/// Names the flaw of each field. Each is read by itself in a submission that is sound otherwise, so that one flaw does not
/// hide the others.
fn flaws(data: Value) -> Vec<String> {
    let sound = serde_json::json!({"request_id": "sound", "outline": {"markdown": "# Sound"}});
    let (Value::Object(fields), Value::Object(sound)) = (data, sound) else {
        return vec!["data: must be an object".to_owned()];
    };
    let missing = sound.keys().filter(|name| !fields.contains_key(*name)).map(|name| format!("{name}: is missing"));
    let mut flaws: Vec<String> = missing.collect();
    for (name, value) in fields {
        if flaws.len() == MAX_FLAWS {
            break;
        }
        let mut alone = sound.clone();
        alone.insert(name.clone(), value);
        if let Err(error) = serde_json::from_value::<Submission>(Value::Object(alone)) {
            let error = error.to_string();
            let flaw = if error.starts_with("unknown field") { error } else { format!("{name}: {error}") };
            flaws.push(flaw.chars().take(MAX_FLAW_CHARS).collect());
        }
    }
    flaws
}

impl InvalidSubmission {
    /// Returns all flaws, a sentence each.
    pub fn flaws(self) -> Vec<String> {
        match self {
            Self::Fields(flaws) => flaws,
            other => vec![other.to_string()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("submission/v1.json");

    #[test]
    fn the_first_submission_ever_shipped_can_still_be_read() {
        let submission = Submission::decode(SHIPPED.as_bytes()).unwrap();
        assert_eq!(submission.request_id, "course-17");
        assert_eq!(submission.outline, OutlineText::Markdown("# Knots\n\n## Reef\n\n## Bowline\n".into()));
        assert_eq!((submission.words, submission.gaps), (Some(1_200), Some(GapPolicy::Omit)));
        assert_eq!((submission.budget_usd, submission.no_plan, submission.review), (Some(2.5), true, false));
    }

    #[test]
    fn a_message_that_is_no_submission_is_refused_with_the_reason() {
        assert!(matches!(Submission::decode(b"{"), Err(InvalidSubmission::Shape(_))));
        assert!(matches!(Submission::decode(&vec![b' '; MAX_BYTES + 1]), Err(InvalidSubmission::TooLarge(_))));
        let other = SHIPPED.replace(SUBMIT, "bindery.book.submit.v9");
        assert!(
            matches!(Submission::decode(other.as_bytes()), Err(InvalidSubmission::Type(kind)) if kind.ends_with("v9"))
        );
        let file = SHIPPED.replace("\"request_id\"", "\"outline_file\": \"/etc/passwd\", \"request_id\"");
        assert!(Submission::decode(file.as_bytes()).unwrap_err().to_string().contains("outline_file"));
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let data =
            serde_json::json!({"outlines": 1, "words": "many", "formats": "md", "review": true, "request_id": 7});
        let wrong = serde_json::to_vec(&CloudEvent::new(SUBMIT, "1", data)).unwrap();
        let all = Submission::decode(&wrong).unwrap_err().flaws();
        for about in ["outline: is missing", "unknown field `outlines`", "words: ", "formats: ", "request_id: "] {
            assert!(all.iter().any(|flaw| flaw.starts_with(about)), "{about} is missing in {all:?}");
        }
        assert_eq!(all.len(), 5, "{all:?}");
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_end_the_process() {
        let deep = SHIPPED.replace("\"course-17\"", &"[".repeat(200_000));
        assert!(Submission::decode(deep.as_bytes()).is_err());
    }
}
