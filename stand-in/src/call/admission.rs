//! Lets requests in: checks their key and their size, and refuses the calls whose fault is a refusal.

use axum::{body::Body, extract::Request, http::HeaderMap};
use futures_util::StreamExt;

use crate::{
    dialect::Dialect,
    faults::Fault,
    refusal::{Refusal, RefusalKind},
    request::ModelRequest,
    schema::Schemas,
    server::Server,
};

/// The bytes of the largest body that either real server accepts.
const BODY_LIMIT: usize = 32 << 20;
/// The header that carries the number of the try.
const TRY_HEADER: &str = "x-bindery-try";

/// Refuses a request with wrong headers.
pub(crate) fn check_headers(server: &Server, dialect: &dyn Dialect, headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(key) = &server.settings.key
        && dialect.api_key(headers) != Some(key)
    {
        let message = "The key is missing or wrong.";
        return Err(Refusal::new(RefusalKind::BadKey, message));
    }
    dialect.check_headers(headers)
}

/// Checks and reads a request.
pub(super) async fn read(server: &Server, dialect: &dyn Dialect, request: Request) -> Result<ModelRequest, Refusal> {
    let checked = check_headers(server, dialect, request.headers());
    // The body of a refused request is read too: a client that is still sending would see a broken connection instead
    // of the refusal.
    let body = read_body(request.into_body()).await;
    checked?;
    dialect.read(&body?)
}

/// Reads a body to its end, and keeps no more of it than is accepted.
async fn read_body(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut kept = Vec::new();
    let mut received = 0;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece =
            piece.map_err(|error| Refusal::new(RefusalKind::Invalid, format!("The body cannot be read: {error}.")))?;
        received += piece.len();
        if received <= BODY_LIMIT {
            kept.extend_from_slice(&piece);
        }
    }
    if received > BODY_LIMIT {
        let message = format!("The body is larger than {BODY_LIMIT} bytes.");
        return Err(Refusal::new(RefusalKind::TooLarge, message));
    }
    Ok(kept)
}

/// Returns the number of the try, which is 1 where the call does not name it.
pub(super) fn attempt(headers: &HeaderMap) -> u32 {
    let value = headers.get(TRY_HEADER).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(1)
}

/// Returns the refusal of a schema; `None` where schemas are accepted.
pub(super) fn refusal_of_schema(server: &Server) -> Option<Refusal> {
    let message = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    (server.settings.schemas == Schemas::Refused).then(|| Refusal::invalid("response_format", message))
}

/// Returns the refusal that a fault stands for; `None` where the call is answered all the same.
pub(super) fn refusal_by(fault: Fault) -> Option<Refusal> {
    let (kind, message) = match fault {
        Fault::RateLimited => (RefusalKind::RateLimited { retry_after: None }, "The rate limit is reached."),
        Fault::RateLimitedRetryAfter { seconds } => {
            (RefusalKind::RateLimited { retry_after: Some(seconds) }, "The rate limit is reached; come back later.")
        }
        Fault::ServerError => (RefusalKind::ServerError, "Internal server error"),
        Fault::Overloaded => (RefusalKind::Overloaded, "Overloaded"),
        Fault::BadKey => (RefusalKind::BadKey, "The key is not valid."),
        Fault::OutOfMoney => (
            RefusalKind::OutOfMoney,
            "Your credit balance is too low: the quota is used up. Check your plan and billing.",
        ),
        _ => return None,
    };
    Some(Refusal::new(kind, message))
}
