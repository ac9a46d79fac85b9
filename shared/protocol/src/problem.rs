//! What is answered where a request or a command cannot be served: a problem of RFC 9457, which names all faults at once.
//! <https://www.rfc-editor.org/rfc/rfc9457>

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a request or a command cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The kind of problem, as a URI like `urn:bindery:problem:not-found`. Programs tell problems apart by it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The status code of the answer over HTTP.
    pub status: u16,
    /// What is wrong, and what to do.
    pub detail: String,
    /// All faults of the request, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The request cannot be read.
    Malformed,
    /// The request has no valid key.
    NoKey,
    /// The caller may not do this.
    NotAllowed,
    /// There is no such thing.
    NotFound,
    /// The address does not take the method.
    MethodNotAllowed,
    /// The state of the book does not allow this.
    Conflict,
    /// It has changed since the caller read it.
    Outdated,
    /// The texts of the book have left the store.
    TextsGone,
    /// The request is too large.
    TooLarge,
    /// The media type of the request is not read.
    WrongMediaType,
    /// The file does not have the range.
    NotSatisfiable,
    /// The request has faults.
    Invalid,
    /// The key has made too many requests.
    TooManyRequests,
    /// This program has an error.
    Fault,
    /// A server cannot be reached.
    Unavailable,
}

/// How a kind of problem is called, and how HTTP numbers it.
struct Words {
    status: u16,
    name: &'static str,
    title: &'static str,
}

impl ProblemKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Malformed,
        Self::NoKey,
        Self::NotAllowed,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Outdated,
        Self::TextsGone,
        Self::TooLarge,
        Self::WrongMediaType,
        Self::NotSatisfiable,
        Self::Invalid,
        Self::TooManyRequests,
        Self::Fault,
        Self::Unavailable,
    ];

    /// Returns the status code of the answer over HTTP.
    pub fn status(self) -> u16 {
        self.words().status
    }

    fn words(self) -> Words {
        let (status, name, title) = match self {
            Self::Malformed => (400, "malformed", "The request cannot be read"),
            Self::NoKey => (401, "no-key", "The request has no valid key"),
            Self::NotAllowed => (403, "not-allowed", "The caller may not do this"),
            Self::NotFound => (404, "not-found", "There is no such thing"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "This address does not take the method"),
            Self::Conflict => (409, "conflict", "The state of the book does not allow this"),
            Self::Outdated => (412, "outdated", "It has changed since you read it"),
            Self::TextsGone => (410, "texts-gone", "The texts of the book have left the store"),
            Self::TooLarge => (413, "too-large", "The request is too large"),
            Self::WrongMediaType => (415, "wrong-media-type", "The media type of the request is not read"),
            Self::NotSatisfiable => (416, "not-satisfiable", "The file does not have the range"),
            Self::Invalid => (422, "invalid", "The request has faults"),
            Self::TooManyRequests => (429, "too-many-requests", "The key has made too many requests"),
            Self::Fault => (500, "fault", "This program has an error"),
            Self::Unavailable => (503, "unavailable", "A server cannot be reached"),
        };
        Words { status, name, title }
    }
}

impl Problem {
    /// Makes a problem. `detail` says what is wrong and what to do.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let Words { status, name, title } = kind.words();
        let kind = format!("urn:bindery:problem:{name}");
        Self { kind, title: title.to_owned(), status, detail: detail.into(), errors: Vec::new() }
    }

    /// Makes the problem of a request with these faults.
    pub fn invalid(errors: Vec<String>) -> Self {
        let detail = errors.join("; ");
        Self { errors, ..Self::new(ProblemKind::Invalid, detail) }
    }

    /// Makes the problem of a book that the caller does not have.
    pub fn no_book() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "you have no such book; one that was submitted a moment ago appears when a dispatcher has accepted it",
        )
    }
}
