//! Ports whose use is traced.

mod model;
mod queue;
mod store;
mod tasks;
mod writing;

use std::sync::Arc;

use bindery_runtime::Ports;
use opentelemetry_sdk::trace::SdkTracer;

pub(super) use self::model::TracedModel;
use self::{queue::TracedQueue, store::TracedStore, tasks::OpenTasks, writing::TraceWriting};

/// Returns ports that put the work of each book into its trace.
pub(super) fn traced(ports: Ports, tracer: SdkTracer) -> Ports {
    let tasks = Arc::new(OpenTasks::default());
    Ports {
        store: Arc::new(TracedStore::new(ports.store, tasks.clone())),
        queue: Arc::new(TracedQueue::new(ports.queue, tracer, tasks)),
        wrap_writing: Some(Arc::new(TraceWriting)),
        ..ports
    }
}
