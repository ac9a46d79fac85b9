//! Delivers a reply at its pace, whole or as a stream, with whatever mishap befalls it on the way.

mod stream;
mod whole;

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use tokio_util::sync::CancellationToken;

use crate::{
    ask::Reply,
    cache::{Cache, Checkpoint},
    dialect::Dialect,
    faults::Mishap,
    refusal::{Refusal, RefusalKind},
    stats::InFlight,
    timing::Pace,
};

pub(crate) use whole::whole;

/// A reply on its way to a client.
pub(crate) struct Delivery {
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) reply: Reply,
    pub(crate) pace: Pace,
    pub(crate) mishap: Option<Mishap>,
    /// The prompt's entries in the cache, made when the reply begins.
    pub(crate) checkpoints: Vec<Checkpoint>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) in_flight: InFlight,
    /// Breaks the connection when the server stops.
    pub(crate) shutdown: CancellationToken,
}

impl Delivery {
    /// Counts the prompt and remembers it: the reply begins.
    fn begin(&self) {
        self.cache.remember(&self.checkpoints);
        self.in_flight.read(&self.reply.usage);
    }
}

/// Why a body ends in the middle: hyper answers it by closing the connection without ending the body.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on purpose")]
struct Broken;

/// Streams a reply.
pub(crate) fn stream(delivery: Delivery) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(stream::events(delivery))).into_response()
}

/// The trouble that is reported in the middle of a reply.
fn trouble() -> Refusal {
    Refusal::new(RefusalKind::Overloaded, "Overloaded")
}

type Piece = Result<Bytes, Broken>;
