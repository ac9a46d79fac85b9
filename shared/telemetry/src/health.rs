//! The health of a process: whether its own work goes on, and whether the broker and the store answer.

mod liveness;

use std::sync::Arc;

use bindery_queue::Queue;
use bindery_store::Store;

pub(super) use self::liveness::Liveness;

/// Answers for the health of one process.
pub struct Health {
    pub(super) liveness: Arc<Liveness>,
    /// The store, not measured: a probe does not count as work.
    pub(super) store: Arc<dyn Store>,
    /// The queue, not measured.
    pub(super) queue: Arc<dyn Queue>,
}

impl Health {
    /// Returns what has stopped though it should go on; empty in a healthy process.
    pub(super) fn stalled(&self) -> Vec<String> {
        self.liveness.stalled()
    }

    /// Asks the broker and the store, and returns what does not answer; empty where the process can work.
    pub(super) async fn unreachable(&self) -> Vec<String> {
        let (queue, store) = tokio::join!(self.queue.probe(), self.store.load());
        let broker = queue.err().map(|error| format!("the broker does not answer: {error}"));
        let store = store.err().map(|error| format!("the store does not answer: {error}"));
        broker.into_iter().chain(store).collect()
    }
}
