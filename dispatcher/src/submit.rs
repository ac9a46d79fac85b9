//! Taking a request in: accepted once, its plan published, or its first chapters where the plan takes no model call.

use std::sync::Arc;

use bindery_ledger::{Accepted, Request};
use bindery_model::Models;
use bindery_runtime::{
    Ports, Sent,
    compute::compute,
    crash_point, send,
    subject::{Subject, within},
};
use bindery_store::StoreError;

use crate::plan;

/// Accepts a request and publishes what it released, which is still to be marked. Asking again is safe at any time.
pub async fn submit(ports: &Ports, models: &Models, request: &Request) -> Result<(Accepted, Sent), StoreError> {
    let plan = compute(|| plan::ready(&request.order, models)).await;
    crash_point("before_accept");
    let accepted = ports.store.accept(request, plan.as_ref()).await?;
    crash_point("after_accept");
    let released = match &accepted {
        Accepted::New(released) | Accepted::Exists(released) => released.as_slice(),
        Accepted::Conflict => &[],
    };
    if accepted != Accepted::Conflict {
        // A store that puts requests into a trace of its own has given the book another place in it.
        let place = released.first().and_then(|released| released.trace).filter(|place| Some(*place) != request.trace);
        let subject = Arc::new(Subject { book: request.book_id(), task: None, place });
        let repeated = matches!(accepted, Accepted::Exists(_));
        within(subject, async { tracing::info!(tenant = request.tenant, repeated, "accepted") }).await;
    }
    let sent = send(&*ports.queue, &request.book_id(), released).await;
    Ok((accepted, sent))
}
