//! What a role implements: the work of one task kind.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_ledger::{Output, Parking};
use bindery_protocol::task::TaskMessage;
use bindery_store::Store;

use crate::Work;

/// Does the work of one task kind.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Announces a task that is about to be claimed, so that the handler can begin to read what the work needs. The claim
    /// waits until this returns, and may be refused.
    async fn expect(&self, store: &Arc<dyn Store>, message: &TaskMessage) {
        let _ = (store, message);
    }

    /// Does a task's work. The future is dropped when the work must stop; saved parts stay.
    async fn handle(&self, work: &Work) -> Outcome;
}

/// What a handler made of its task.
#[derive(Debug)]
pub enum Outcome {
    /// The task is done, with this result.
    Done(Output),
    /// The task has to wait, through no fault of its own.
    Park {
        /// How long it waits.
        wait: Duration,
        /// Why it waits.
        reason: Parking,
    },
    /// The task can never be done; the reason is written for the book's owner.
    GiveUp(String),
    /// Stored texts of these chapters are missing or wrong.
    Reopen(Vec<u32>),
    /// The lease is over, so the ledger takes no outcome.
    Stopped,
}
