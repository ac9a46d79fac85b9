//! Taking a request in: accepted once, its plan published, or its first chapters where the plan takes no model call.

use std::sync::Arc;

use bindery_shared::{
    book::request::Request,
    compute::compute,
    consume::{Ports, Sent, send},
    crash_point,
    ledger::Accepted,
    model::Models,
    store::StoreError,
    telemetry::{
        log::{self, Subject},
        trace::spans,
    },
};

use crate::plan;

/// Accepts a request and publishes what it released, which is still to be marked. Asking again is safe at any time.
///
/// Its span stands under the request's trace, or begins one; what is done for a new book stands under the span.
pub async fn submit(ports: &Ports, models: &Models, request: &Request) -> Result<(Accepted, Sent), StoreError> {
    let book = request.book_id();
    let span = spans::accept(&book, request.trace);
    let request = Request { trace: spans::place_of(&span).or(request.trace), ..request.clone() };
    let subject = Arc::new(Subject { book, task: None, place: spans::place_of(&span) });
    let accepted = log::within(subject, accept(ports, models, &request)).await;
    spans::accepted(&span, accepted.as_ref().ok().map(|(accepted, _)| accepted));
    accepted
}

async fn accept(ports: &Ports, models: &Models, request: &Request) -> Result<(Accepted, Sent), StoreError> {
    let plan = compute(|| plan::ready(&request.order, models)).await;
    crash_point("before_accept");
    let accepted = ports.store.accept(request, plan.as_ref()).await?;
    crash_point("after_accept");
    if let Accepted::New(_) | Accepted::Exists(_) = &accepted {
        tracing::info!(tenant = request.tenant, repeated = matches!(accepted, Accepted::Exists(_)), "accepted");
    }
    let released = match &accepted {
        Accepted::New(released) | Accepted::Exists(released) => released.as_slice(),
        Accepted::Conflict => &[],
    };
    let sent = send(&*ports.queue, &request.book_id(), released).await;
    Ok((accepted, sent))
}
