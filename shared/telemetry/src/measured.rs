//! Ports whose use is measured.

mod model;
mod queue;
mod store;

use std::sync::Arc;

use bindery_runtime::Ports;

pub(super) use self::model::MeasuredModel;
use self::{queue::MeasuredQueue, store::MeasuredStore};
use super::{Health, Metrics, health::Liveness};

/// The ports of a process with metrics in front of them.
pub struct Measured {
    /// The ports, for everything that works.
    pub ports: Ports,
    /// The metrics that the ports count in.
    pub metrics: Arc<Metrics>,
    /// The health of the process, as its use of the ports shows it.
    pub health: Arc<Health>,
}

impl Measured {
    /// Begins to measure the use of these ports by this version of the program.
    pub fn new(ports: Ports, version: &str) -> Self {
        let (metrics, liveness) = (Arc::new(Metrics::new().with_zeros()), Arc::new(Liveness::default()));
        metrics.build.with_label_values(&[version]).set(1);
        let health = Health { liveness: liveness.clone(), store: ports.store.clone(), queue: ports.queue.clone() };
        let ports = Ports {
            store: Arc::new(MeasuredStore::new(ports.store, metrics.clone(), liveness.clone())),
            queue: Arc::new(MeasuredQueue::new(ports.queue, metrics.clone(), liveness)),
            ..ports
        };
        Self { ports, metrics, health: Arc::new(health) }
    }
}
