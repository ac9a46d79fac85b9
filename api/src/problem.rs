//! What is answered where a request cannot be served: a problem of RFC 9457, which names all faults at once.
//! <https://www.rfc-editor.org/rfc/rfc9457>

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bindery_commands::{ChangeError, CommandError, SoFarError};
use bindery_files::FilesError;
pub(crate) use bindery_protocol::problem::{Problem as ProblemBody, ProblemKind};
use bindery_queue::QueueError;
use bindery_store::{KeyScope, StoreError};

use crate::reception::ReceptionError;

/// How long a client should wait where a server cannot be reached.
const RETRY_SECONDS: u32 = 5;

/// A problem on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    body: Box<ProblemBody>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Returns the status code of a kind of problem.
pub(crate) fn status(kind: ProblemKind) -> StatusCode {
    StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Problem {
    /// Makes a problem. `detail` says what is wrong and what to do.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let headers = match kind {
            ProblemKind::NoKey => vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))],
            ProblemKind::Unavailable => vec![(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS))],
            _ => Vec::new(),
        };
        Self { body: Box::new(ProblemBody::new(kind, detail)), headers }
    }

    /// Makes the problem of a request with these faults.
    pub(crate) fn invalid(errors: Vec<String>) -> Self {
        ProblemBody::invalid(errors).into()
    }

    /// Makes the problem of a caller whose key does not count.
    pub(crate) fn unknown_key() -> Self {
        Self::new(ProblemKind::NoKey, "the key is unknown, revoked or at its end; get another one")
    }

    /// Makes the problem of a caller whose key lacks a scope.
    pub(crate) fn lacks(scope: KeyScope) -> Self {
        Self::new(ProblemKind::NotAllowed, format!("this needs a key with the scope `{}`", scope.name()))
    }

    /// Returns what is wrong and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.body.detail
    }

    /// Makes the problem of a book that the caller does not have.
    pub(crate) fn no_book() -> Self {
        ProblemBody::no_book().into()
    }

    /// Makes the problem of a change to what somebody else has changed meanwhile.
    pub(crate) fn outdated() -> Self {
        CommandError::Outdated.into()
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
        let status = StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_string(&self.body).unwrap_or_default();
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
        CommandError::from(error).into()
    }
}

impl From<ProblemBody> for Problem {
    fn from(body: ProblemBody) -> Self {
        Self { body: Box::new(body), headers: Vec::new() }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match (error.problem(), error) {
            (Some(problem), _) => problem.into(),
            (None, CommandError::Store(error)) => error.into(),
            (None, CommandError::Files(error)) => error.into(),
            (None, error) => Self::fault(error),
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
    CommandError::TextsLeft.into()
}
