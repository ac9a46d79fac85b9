//! Lets requests in: their key, their size, and the faults that turn them away before anything is answered.

use axum::{body::Body, extract::Request, http::HeaderMap};
use futures_util::StreamExt;

use crate::{
    ask::Ask,
    dialect::Dialect,
    faults::Fault,
    refusal::{Refusal, RefusalKind},
    server::Server,
};

/// The largest body either server accepts.
const BODY_LIMIT: usize = 32 << 20;
/// The header that carries the number of the try.
const TRY: &str = "x-bindery-try";

/// Lets a request in, or refuses it for its headers.
pub(crate) fn admit(server: &Server, dialect: &dyn Dialect, headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(key) = &server.settings.key
        && dialect.key(headers) != Some(key)
    {
        let message = "The key is missing or wrong.";
        return Err(Refusal::new(RefusalKind::BadKey, message));
    }
    dialect.admit(headers)
}

/// Lets a request in, and reads and checks what it asks.
pub(super) async fn ask(server: &Server, dialect: &dyn Dialect, request: Request) -> Result<Ask, Refusal> {
    let admitted = admit(server, dialect, request.headers());
    // Read even from those who are not let in: a client that is still sending would see a broken connection instead
    // of the answer.
    let body = read(request.into_body()).await;
    admitted?;
    dialect.read(&body?)
}

/// Reads a body to its end, keeping no more of it than is accepted.
async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
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

/// Returns the number of the try; a call that does not say it is a first one.
pub(super) fn attempt(headers: &HeaderMap) -> u32 {
    let value = headers.get(TRY).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(1)
}

/// Returns how a fault refuses the call before anything is answered, if it is of that kind.
pub(super) fn turned_away(fault: Fault) -> Option<Refusal> {
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
