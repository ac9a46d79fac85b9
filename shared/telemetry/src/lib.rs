//! What a process tells of itself. The ports are measured from outside, by adapters that stand before the real ones, so
//! that neither the pipeline nor an adapter knows that it is measured.

mod admin;
mod census;
mod declare;
mod metrics;
mod model;
mod monitor;
mod pulse;
mod queue;
mod store;
mod survey;
pub mod trace;

#[cfg(test)]
mod tests;

pub use self::{
    admin::{Admin, AdminError},
    declare::Description,
    metrics::{DESCRIPTIONS, Metrics},
    monitor::Monitor,
    survey::{Survey, survey},
};
use std::sync::Arc;

use bindery_model::WrapModel;

use self::{model::MeasuredModel, queue::MeasuredQueue, store::MeasuredStore, trace::TracedModel};

/// Returns what puts calls into the trace, and measures them where there is something to measure by.
pub fn wrap_model(metrics: Option<Arc<Metrics>>) -> Arc<WrapModel> {
    Arc::new(move |name, price, model| {
        let traced = Arc::new(TracedModel::new(model, name));
        match &metrics {
            Some(metrics) => Arc::new(MeasuredModel::new(traced, name, price, metrics)),
            None => traced,
        }
    })
}
