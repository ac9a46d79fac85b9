//! What the roles agree on: the book vocabulary, the ledger's rules, and the ports with their adapters.

pub mod attempt;
pub mod book;
pub mod compute;
pub mod config;
pub mod consume;
pub mod contract;
mod crash_point;
mod duration;
pub mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod ledger;
pub mod live;
pub mod message;
pub mod model;
pub mod queue;
#[cfg(test)]
mod recorded;
pub mod store;
pub mod submission;
pub mod telemetry;
pub mod text;
pub mod traceparent;

pub use crash_point::crash_point;
