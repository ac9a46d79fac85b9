//! The loop that serves every lane: it claims, renews, commits, publishes what was released, and settles the delivery.
//!
//! A handler sees a [`Work`] and returns an [`Outcome`]; only the loop touches deliveries and leases.

pub mod attempt;
mod checkpoint;
pub mod compute;
mod crash_point;
mod fault_log;
mod handler;
mod lease;
pub mod live;
mod publish;
mod retry;
mod run;
mod serve;
mod solo_lock;
pub mod subject;
mod text_stream;
mod track_records;
mod work;

#[cfg(test)]
mod tests;

pub use self::{
    crash_point::crash_point,
    fault_log::{FaultCaller, FaultLog, PUBLISH_FAULT, STORE_FAULT},
    handler::{Handler, Outcome},
    publish::{PublishError, Sent, publish, send},
    retry::{consume_until_stopped, retry_until_stopped},
    run::{Ports, Settings, run},
    solo_lock::SoloLock,
    track_records::TrackRecords,
    work::{Halt, Work},
};
