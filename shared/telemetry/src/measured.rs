//! Ports whose use is measured.

mod model;
mod queue;
mod sender;
mod store;
mod webhooks;

use std::sync::Arc;

use bindery_runtime::Ports;
use bindery_webhook::Sender;

pub(super) use self::model::MeasuredModel;
use self::{queue::MeasuredQueue, sender::MeasuredSender, store::MeasuredStore};
use super::{Health, Metrics, health::Servers};

/// What a process measures. It begins before the ports are open, since a process may wait long for its servers.
#[derive(Clone)]
pub struct Measured {
    /// The metrics that the ports count in.
    pub metrics: Arc<Metrics>,
    /// The health of the process, as its use of the ports shows it.
    pub health: Arc<Health>,
}

impl Measured {
    /// Begins to measure this version of the program.
    pub fn new(version: &str) -> Self {
        let metrics = Arc::new(Metrics::new().with_zeros());
        metrics.build.with_label_values(&[version]).set(1);
        Self { metrics, health: Arc::default() }
    }

    /// Puts metrics in front of the ports. Everything that works uses the ports that this returns.
    pub fn ports(&self, ports: Ports) -> Ports {
        let (metrics, liveness) = (&self.metrics, &self.health.liveness);
        self.health.open(Servers { store: ports.store.clone(), queue: ports.queue.clone() });
        Ports {
            store: Arc::new(MeasuredStore::new(ports.store, metrics.clone(), liveness.clone())),
            queue: Arc::new(MeasuredQueue::new(ports.queue, metrics.clone(), liveness.clone())),
            ..ports
        }
    }

    /// Puts metrics in front of what calls webhooks.
    pub fn sender(&self, sender: Arc<dyn Sender>) -> Arc<dyn Sender> {
        Arc::new(MeasuredSender { sender, metrics: self.metrics.clone() })
    }
}
