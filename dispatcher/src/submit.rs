//! Taking a request in: accepted once, its plan published.

use bindery_shared::{
    book::request::Request,
    consume::{Ports, publish},
    crash_point,
    ledger::Accepted,
    store::StoreError,
    telemetry::trace::spans,
};
use tracing::Instrument as _;

/// Accepts a request and publishes what it released. Asking again is safe at any time.
///
/// Its span stands under the request's trace, or begins one; what is done for a new book stands under the span.
pub async fn submit(ports: &Ports, request: &Request) -> Result<Accepted, StoreError> {
    let span = spans::accept(&request.book_id(), request.trace);
    let request = Request { trace: spans::place_of(&span).or(request.trace), ..request.clone() };
    let accepted = accept(ports, &request).instrument(span.clone()).await;
    spans::accepted(&span, accepted.as_ref().ok());
    if let Ok(taken @ (Accepted::New(_) | Accepted::Exists(_))) = &accepted {
        let (book, tenant, repeated) = (request.book_id(), &request.tenant, matches!(taken, Accepted::Exists(_)));
        span.in_scope(|| tracing::info!(book.id = %book, tenant, repeated, "accepted"));
    }
    accepted
}

async fn accept(ports: &Ports, request: &Request) -> Result<Accepted, StoreError> {
    crash_point("before_accept");
    let accepted = ports.store.accept(request).await?;
    crash_point("after_accept");
    if let Accepted::New(released) | Accepted::Exists(released) = &accepted {
        publish(&*ports.queue, &*ports.store, &request.book_id(), released).await;
    }
    Ok(accepted)
}
