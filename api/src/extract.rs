//! Parts of a request, whose faults are answered as problems.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
};
use bindery_commands::Caller;
use bindery_ledger::Book;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    problem::{Problem, ProblemKind},
    service::Service,
};

/// The variables in the path of a request.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Service>> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, service).await;
        // A path with variables that cannot be read names nothing.
        read.map(|Path(read)| Self(read))
            .map_err(|error| Problem::new(ProblemKind::NotFound, format!("the address names nothing: {error}")))
    }
}

/// The query of a request.
pub(crate) struct Search<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Service>> for Search<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, service).await;
        read.map(|Query(read)| Self(read)).map_err(|error| Problem::new(ProblemKind::Malformed, error.body_text()))
    }
}

/// The caller, as the guard has named it.
pub(crate) struct Called(pub(crate) Caller);

impl FromRequestParts<Arc<Service>> for Called {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Service>) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.map(Self).ok_or_else(|| Problem::fault("an operation has no guard"))
    }
}

/// The book that the path names, if it is the caller's.
pub(crate) struct Own(pub(crate) Book);

/// The variable of every path that names a book.
#[derive(serde::Deserialize)]
struct Named {
    id: String,
}

impl FromRequestParts<Arc<Service>> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let Called(caller) = Called::from_request_parts(parts, service).await?;
        let Params(Named { id }) = Params::from_request_parts(parts, service).await?;
        let found = caller.find(&*service.ports.store, &id).await?;
        found.map(Self).ok_or_else(Problem::no_book)
    }
}

/// Returns the media type of a body, without its parameters.
pub(crate) fn media_type(request: &Request) -> &str {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

/// The body of a request, as JSON that is not read yet.
pub(crate) struct JsonBody(pub(crate) Bytes);

impl JsonBody {
    /// Reads the body, or names all that is wrong with it.
    pub(crate) fn read<T: DeserializeOwned + JsonSchema>(&self) -> Result<T, Problem> {
        bindery_protocol::json::read(&self.0).map_err(Problem::invalid)
    }
}

/// Makes the problem of a body that came too slowly. The rest of it is not waited for.
pub(crate) fn late(time: Duration) -> Problem {
    let detail = format!("the body did not come within {time:?}; send it faster");
    Problem::new(ProblemKind::Malformed, detail).with(header::CONNECTION, HeaderValue::from_static("close"))
}

impl FromRequest<Arc<Service>> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        if !media_type(&request).eq_ignore_ascii_case("application/json") {
            let detail = "send JSON with the header `Content-Type: application/json`";
            return Err(Problem::new(ProblemKind::WrongMediaType, detail));
        }
        let most = bindery_protocol::submission::MAX_BYTES;
        let time = service.settings.body_time;
        let read = tokio::time::timeout(time, Bytes::from_request(request, service)).await;
        let read = read.map_err(|_| late(time))?;
        read.map(Self).map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(ProblemKind::TooLarge, format!("a body may have {most} bytes; send a shorter outline"))
            }
            _ => Problem::new(ProblemKind::Malformed, error.body_text()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{ReviseOrder, RewriteOrder};

    #[test]
    fn all_that_is_wrong_with_a_body_is_named_at_once() {
        let body = |text: &'static str| JsonBody(Bytes::from_static(text.as_bytes()));
        let wrong = body(r#"{"chapters": "two", "colour": "red", "passage": 7}"#).read::<ReviseOrder>().unwrap_err();
        for about in ["chapters: ", "unknown field `colour`", "passage: ", "note: is missing"] {
            assert!(wrong.detail().contains(about), "{about:?} is missing in {wrong:?}");
        }
        let twice = body(r#"{"chapters": [1], "chapters": [2]}"#).read::<RewriteOrder>().unwrap_err();
        assert_eq!(twice.detail(), "chapters: is given twice; keep one");
        assert!(body(r#"{"chapters": [1]}"#).read::<RewriteOrder>().is_ok());
    }
}
