//! What is answered where a request cannot be served: a problem of RFC 9457, which names all faults at once.
//! <https://www.rfc-editor.org/rfc/rfc9457>

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bindery_commands::{ChangeError, CommandError, SoFarError};
use bindery_files::FilesError;
use bindery_queue::QueueError;
use bindery_store::{KeyScope, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

use crate::reception::ReceptionError;

/// How long a client should wait where a server cannot be reached.
const RETRY_SECONDS: u32 = 5;

/// Why a request cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemBody {
    /// The kind of problem, as a URI like `urn:bindery:problem:not-found`. Programs tell problems apart by it.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: String,
    /// The status code of the answer.
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// All faults of the request, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
}

/// A problem on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    Malformed,
    NoKey,
    NotAllowed,
    NotFound,
    MethodNotAllowed,
    Conflict,
    Outdated,
    TextsGone,
    TooLarge,
    WrongMediaType,
    NotSatisfiable,
    Invalid,
    TooManyRequests,
    Fault,
    Unavailable,
}

impl ProblemKind {
    /// All kinds.
    pub(crate) const ALL: [Self; 15] = [
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

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NoKey => StatusCode::UNAUTHORIZED,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Outdated => StatusCode::PRECONDITION_FAILED,
            Self::TextsGone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the name of the kind, as its URI ends, and its title.
    fn words(self) -> Words {
        let (name, title) = match self {
            Self::Malformed => ("malformed", "The request cannot be read"),
            Self::NoKey => ("no-key", "The request has no valid key"),
            Self::NotAllowed => ("not-allowed", "The caller may not do this"),
            Self::NotFound => ("not-found", "There is no such thing"),
            Self::MethodNotAllowed => ("method-not-allowed", "This address does not take the method"),
            Self::Conflict => ("conflict", "The state of the book does not allow this"),
            Self::Outdated => ("outdated", "It has changed since you read it"),
            Self::TextsGone => ("texts-gone", "The texts of the book have left the store"),
            Self::TooLarge => ("too-large", "The request is too large"),
            Self::WrongMediaType => ("wrong-media-type", "The media type of the request is not read"),
            Self::NotSatisfiable => ("not-satisfiable", "The file does not have the range"),
            Self::Invalid => ("invalid", "The request has faults"),
            Self::TooManyRequests => ("too-many-requests", "The key has made too many requests"),
            Self::Fault => ("fault", "This program has an error"),
            Self::Unavailable => ("unavailable", "A server cannot be reached"),
        };
        Words { name, title }
    }
}

/// How a kind of problem is called.
struct Words {
    name: &'static str,
    title: &'static str,
}

impl Problem {
    /// Makes a problem. `detail` says what is wrong and what to do.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let headers = match kind {
            ProblemKind::NoKey => vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))],
            ProblemKind::Unavailable => vec![(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS))],
            _ => Vec::new(),
        };
        Self { kind, detail: detail.into(), errors: Vec::new(), headers }
    }

    /// Makes the problem of a request with these faults.
    pub(crate) fn invalid(errors: Vec<String>) -> Self {
        let detail = errors.join("; ");
        Self { errors, ..Self::new(ProblemKind::Invalid, detail) }
    }

    /// Makes the problem of a caller whose key lacks a scope.
    pub(crate) fn lacks(scope: KeyScope) -> Self {
        Self::new(ProblemKind::NotAllowed, format!("this needs a key with the scope `{}`", scope.name()))
    }

    /// Returns what is wrong and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Makes the problem of a book that the caller does not have.
    pub(crate) fn no_book() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "you have no book with this id; one that was submitted a moment ago appears when a dispatcher has accepted it",
        )
    }

    /// Makes the problem of a change to what somebody else has changed meanwhile.
    pub(crate) fn outdated() -> Self {
        Self::new(
            ProblemKind::Outdated,
            "somebody has changed it since you read it; read it again, then repeat your change",
        )
    }

    /// Makes the problem of a server that cannot be reached, and logs the cause.
    pub(crate) fn unavailable(what: &str, error: &dyn std::error::Error) -> Self {
        tracing::warn!(%error, "{what} failed a request");
        Self::new(ProblemKind::Unavailable, format!("{what} does not answer; try again in a moment"))
    }

    /// Makes the problem of an error of this program, and logs the cause.
    pub(crate) fn fault(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a request met an error of this program");
        Self::new(ProblemKind::Fault, "the log of the server says more")
    }

    /// Adds a header to the answer.
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, Words { name, title }) = (self.kind.status(), self.kind.words());
        let body = ProblemBody {
            kind: format!("urn:bindery:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unreadable { .. } | StoreError::Newer(_) => Self::fault(error),
            error => Self::unavailable("the store", &error),
        }
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        Self::unavailable("the broker", &error)
    }
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Missing { .. } | FilesError::Damaged { .. } => {
                tracing::error!(%error, "a file cannot be served");
                Self::new(ProblemKind::NotFound, "the file is lost or damaged; `redrive` binds a finished book again")
            }
            error => Self::unavailable("the store of files", &error),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Faults(faults) => Self::invalid(faults),
            ChangeError::NoText(words) => Self::new(ProblemKind::NotFound, words),
            ChangeError::TextsLeft => texts_gone(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Deleted => Self::no_book(),
            CommandError::Refused(why) => Self::new(ProblemKind::Conflict, why),
            CommandError::TextsLeft => texts_gone(),
            CommandError::Outdated => Self::outdated(),
            CommandError::Store(error) => error.into(),
            CommandError::Files(error) => error.into(),
        }
    }
}

impl From<SoFarError> for Problem {
    fn from(error: SoFarError) -> Self {
        match error {
            SoFarError::TextsLeft => texts_gone(),
            SoFarError::NoRequest => Self::fault(error),
            SoFarError::Store(error) => error.into(),
        }
    }
}

impl From<ReceptionError> for Problem {
    fn from(error: ReceptionError) -> Self {
        match error {
            ReceptionError::Invalid(errors) => Self::invalid(errors),
            ReceptionError::Store(error) => error.into(),
        }
    }
}

/// Makes the problem of a request that needs texts which have left the store.
pub(crate) fn texts_gone() -> Problem {
    Problem::new(
        ProblemKind::TextsGone,
        "the texts have left the store after the time that store.retention gives; the files of the book stay",
    )
}
