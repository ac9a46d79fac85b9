//! What a process tells of itself. The ports are measured from outside, by adapters that stand before the real ones, so
//! that neither the pipeline nor an adapter knows that it is measured.

mod admin;
mod census;
mod declare;
pub mod log;
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
    model::MeasuredModel,
    monitor::Monitor,
    survey::{Survey, survey},
};
use self::{queue::MeasuredQueue, store::MeasuredStore};
