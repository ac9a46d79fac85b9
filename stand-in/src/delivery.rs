//! Delivers a reply at its pace, whole or as a stream, with the disruption that its fault causes.

mod stream;
mod whole;

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use tokio_util::sync::CancellationToken;

use crate::{
    cache::{Breakpoint, Cache},
    dialect::Dialect,
    faults::Disruption,
    refusal::{Refusal, RefusalKind},
    reply::Reply,
    stats::InFlight,
    timing::Pace,
};

pub(crate) use whole::whole;

/// A reply on its way to a client.
pub(crate) struct Delivery {
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) reply: Reply,
    pub(crate) pace: Pace,
    pub(crate) disruption: Option<Disruption>,
    /// The entries of the prompt in the cache, which are made when the reply begins.
    pub(crate) breakpoints: Vec<Breakpoint>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) in_flight: InFlight,
    /// Breaks the connection when the server stops.
    pub(crate) shutdown: CancellationToken,
}

impl Delivery {
    /// Notes that the reply begins: counts the prompt and remembers it in the cache.
    fn begin(&self) {
        self.cache.remember(&self.breakpoints);
        self.in_flight.count_prompt(&self.reply.usage);
    }
}

/// Breaks off a body in the middle: hyper reacts to an error by closing the connection without ending the body.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on purpose")]
struct ConnectionBroken;

/// Streams a reply.
pub(crate) fn stream(delivery: Delivery) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(stream::events(delivery))).into_response()
}

/// Returns a page of HTML, as a gateway sends one in place of an answer.
pub(crate) fn html_page(status: StatusCode) -> Response {
    const PAGE: &str = "<!DOCTYPE html>\n<html>\n<head><title>One moment</title></head>\n\
                        <body><h1>Checking your browser</h1></body>\n</html>\n";

    (status, Html(PAGE)).into_response()
}

/// Returns the error that is reported in the middle of a reply.
fn mid_reply_error() -> Refusal {
    Refusal::new(RefusalKind::Overloaded, "Overloaded")
}

/// A piece of a body, or the end of its connection.
type BodyChunk = Result<Bytes, ConnectionBroken>;
