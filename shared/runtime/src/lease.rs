//! The lease under which this process works on a task.

use std::{sync::Arc, time::Duration};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Answer, Command, Fence, Grant};
use bindery_store::Store;
use tokio_util::sync::CancellationToken;

use crate::fault_log::STORE_FAULT;

/// Names a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeldLease {
    pub(crate) book: BookId,
    pub(crate) task: TaskId,
    pub(crate) fence: Fence,
}

impl HeldLease {
    /// Returns the lease that a grant gives.
    pub(crate) fn of(grant: &Grant) -> Self {
        Self { book: grant.book.id.clone(), task: grant.task.id, fence: grant.fence.clone() }
    }
}

/// Renews a lease until `stop`. Cancels `stop` when the ledger says that the lease is over.
pub(crate) async fn renew(store: Arc<dyn Store>, lease: HeldLease, interval: Duration, stop: CancellationToken) {
    let mut fault = STORE_FAULT.caller();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
        match store.step(&lease.book, lease.task, Command::Renew { fence: lease.fence.clone() }).await {
            Ok(Answer::Keep) => fault.ended(),
            Ok(over) => {
                tracing::info!(?over, "work stops");
                return stop.cancel();
            }
            Err(error) => fault.failed(&error),
        }
    }
}
