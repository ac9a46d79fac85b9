//! Metrics, traces and probes of a process. Wrappers stand in front of the ports and watch what passes, so neither the
//! pipeline nor an adapter knows that it is watched.

mod admin;
mod health;
mod labels;
mod measured;
mod metrics;
mod polling;
mod publish_time;
mod requests;
mod spans;
mod traced;
mod traces;

use std::sync::Arc;

use bindery_model::WrapModel;

pub use self::{
    admin::{Admin, AdminError, AdminState},
    health::Health,
    measured::Measured,
    metrics::Metrics,
    polling::{PollScope, Poller},
    requests::wrap_router,
    spans::TARGET as SPAN_TARGET,
    traces::{Destination, TraceError, Traces},
};
use self::{measured::MeasuredModel, traced::TracedModel};

/// Returns the wrapper that traces the calls of models, and measures them where there are metrics.
pub fn wrap_model(metrics: Option<Arc<Metrics>>) -> Arc<WrapModel> {
    Arc::new(move |name, price, model| {
        let traced = Arc::new(TracedModel::new(model, name));
        match &metrics {
            Some(metrics) => Arc::new(MeasuredModel::new(traced, name, price, metrics)),
            None => traced,
        }
    })
}
