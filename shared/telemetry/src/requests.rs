//! Requests to the HTTP API, measured and traced in front of its router. The routes do not know of it.

mod answer;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State},
    http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use bindery_domain::{BookId, TraceParent};

use self::answer::watched;
use super::{
    Metrics,
    metrics::{NO_LABELS, OTHER},
    spans,
};

/// The header that names a request's place in a trace. <https://www.w3.org/TR/trace-context/>
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// The variable of the routes that name a book.
const BOOK: &str = "id";

/// The classes of requests that are refused before anything is done for them.
const REFUSED: [(StatusCode, &str); 4] = [
    (StatusCode::UNAUTHORIZED, "no_key"),
    (StatusCode::FORBIDDEN, "not_allowed"),
    (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
];

/// Returns what puts metrics and spans in front of the router of an API. Its metrics are there from then on.
pub fn wrap_router(metrics: Option<Arc<Metrics>>) -> impl FnOnce(Router) -> Router {
    if let Some(metrics) = &metrics {
        metrics.api_streams_open.with_label_values(NO_LABELS);
        for (_, reason) in REFUSED {
            metrics.api_refused.with_label_values(&[reason]);
        }
    }
    move |router| {
        let measured = match metrics {
            Some(metrics) => router.layer(from_fn_with_state(metrics, measure)),
            None => router,
        };
        measured.layer(from_fn(trace))
    }
}

/// Counts a request, and the bytes and the stream that it is answered with.
async fn measure(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let (begun, method, route) = (Instant::now(), method(request.method()), route(request.extensions()));
    let response = next.run(request).await;
    metrics.api_request_seconds.with_label_values(&[&route, method]).observe(begun.elapsed().as_secs_f64());
    metrics.api_requests.with_label_values(&[&route, method, class(response.status())]).inc();
    if let Some((_, reason)) = REFUSED.iter().find(|(status, _)| *status == response.status()) {
        metrics.api_refused.with_label_values(&[reason]).inc();
    }
    watched(response, &metrics, &route)
}

/// Makes a span of a request, which goes on with the trace that the caller names. What the request publishes gets this span as
/// its parent: the routes read the same header.
async fn trace(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let parent: Option<TraceParent> =
        parts.headers.get(TRACE_PARENT).and_then(|given| given.to_str().ok()?.parse().ok());
    let book = book(&mut parts).await;
    let span = spans::request(method(&parts.method), &route(&parts.extensions), book.as_ref(), parent);
    let own = spans::trace_parent(&span).and_then(|own| HeaderValue::try_from(own.to_string()).ok());
    if let Some(own) = own {
        parts.headers.insert(TRACE_PARENT, own);
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    spans::answered(&span, response.status().as_u16());
    response
}

/// Returns the pattern of the route that a request has found. Its path would be a label of its own for each book.
fn route(found: &Extensions) -> String {
    found.get::<MatchedPath>().map_or_else(|| OTHER.to_owned(), |route| route.as_str().to_owned())
}

/// Returns the name of a method. A caller may name others as it likes.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Returns the book that the path names, where it can be the id of a book. Other texts do not go into a span.
async fn book(parts: &mut Parts) -> Option<BookId> {
    let variables = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let (_, named) = variables.iter().find(|(name, _)| *name == BOOK)?;
    Some(BookId::named(named)).filter(BookId::well_formed)
}

/// Returns whether an answer is a stream of events, which stays open.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}
