//! Taking a request in: accepted once, its plan published.

use std::sync::Arc;

use bindery_shared::{
    book::request::Request,
    consume::{Ports, publish},
    crash_point,
    ledger::Accepted,
    store::StoreError,
    telemetry::{
        log::{self, Subject},
        trace::spans,
    },
};

/// Accepts a request and publishes what it released. Asking again is safe at any time.
///
/// Its span stands under the request's trace, or begins one; what is done for a new book stands under the span.
pub async fn submit(ports: &Ports, request: &Request) -> Result<Accepted, StoreError> {
    let book = request.book_id();
    let span = spans::accept(&book, request.trace);
    let request = Request { trace: spans::place_of(&span).or(request.trace), ..request.clone() };
    let subject = Arc::new(Subject { book, task: None, place: spans::place_of(&span) });
    let accepted = log::within(subject, accept(ports, &request)).await;
    spans::accepted(&span, accepted.as_ref().ok());
    accepted
}

async fn accept(ports: &Ports, request: &Request) -> Result<Accepted, StoreError> {
    crash_point("before_accept");
    let accepted = ports.store.accept(request).await?;
    crash_point("after_accept");
    if let Accepted::New(_) | Accepted::Exists(_) = &accepted {
        tracing::info!(tenant = request.tenant, repeated = matches!(accepted, Accepted::Exists(_)), "accepted");
    }
    if let Accepted::New(released) | Accepted::Exists(released) = &accepted {
        publish(&*ports.queue, &*ports.store, &request.book_id(), released).await;
    }
    Ok(accepted)
}
