//! Accepting a request once, however often it is submitted, and publishing its plan. Where the plan takes no model call,
//! the first chapters are published in its place.

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

/// A request that was submitted.
#[must_use = "a task that is not marked is published again when its grace is over"]
pub struct Submitted {
    /// Whether the ledger accepted the request.
    pub accepted: Accepted,
    /// The published tasks, which are still to be marked.
    pub sent: Sent,
}

/// Accepts a request and publishes the tasks that it released. The same request may be submitted again at any time.
pub async fn submit(ports: &Ports, models: &Models, request: &Request) -> Result<Submitted, StoreError> {
    let plan = compute(|| plan::plan_without_call(request, models)).await;
    crash_point("before_accept");
    let accepted = ports.store.accept(request, plan.as_ref()).await?;
    crash_point("after_accept");
    let released = match &accepted {
        Accepted::New(released) | Accepted::Exists(released) => released.as_slice(),
        Accepted::Conflict | Accepted::Full => &[],
    };
    if matches!(accepted, Accepted::New(_) | Accepted::Exists(_)) {
        let subject = Arc::new(Subject::of_request(request, released));
        let repeated = matches!(accepted, Accepted::Exists(_));
        within(subject, async {
            tracing::info!(tenant = request.tenant, request_id = request.request_id, repeated, "accepted")
        })
        .await;
    }
    let sent = send(&*ports.queue, &request.book_id(), released).await;
    Ok(Submitted { accepted, sent })
}
