//! What watches a process: its metrics, its pulse, and the ports it is asked about.

use std::sync::Arc;

use bindery_queue::Queue;
use bindery_runtime::Ports;
use bindery_store::Store;

use super::{MeasuredQueue, MeasuredStore, Metrics, pulse::Pulse};

/// Watches one process.
pub struct Monitor {
    pub(super) metrics: Arc<Metrics>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) store: Arc<dyn Store>,
    pub(super) queue: Arc<dyn Queue>,
}

impl Monitor {
    /// Begins to watch these ports, and returns them measured.
    pub fn of(ports: Ports, version: &str) -> (Arc<Self>, Ports) {
        let (metrics, pulse) = (Arc::new(Metrics::new().begin()), Arc::new(Pulse::default()));
        metrics.build.with_label_values(&[version]).set(1);
        let (store, queue) = (ports.store.clone(), ports.queue.clone());
        let measured = Ports {
            store: Arc::new(MeasuredStore::new(ports.store, metrics.clone(), pulse.clone())),
            queue: Arc::new(MeasuredQueue::new(ports.queue, metrics.clone(), pulse.clone())),
            ..ports
        };
        (Arc::new(Self { metrics, pulse, store, queue }), measured)
    }

    /// Returns what is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Returns what has stopped though it should go on; empty in a healthy process.
    pub(super) fn stopped(&self) -> Vec<String> {
        self.pulse.stopped()
    }

    /// Asks broker and store, and returns what does not answer; empty where the process can work.
    pub(super) async fn unready(&self) -> Vec<String> {
        let (queue, store) = tokio::join!(self.queue.probe(), self.store.load());
        let broker = queue.err().map(|error| format!("the broker does not answer: {error}"));
        let store = store.err().map(|error| format!("the store does not answer: {error}"));
        broker.into_iter().chain(store).collect()
    }
}
