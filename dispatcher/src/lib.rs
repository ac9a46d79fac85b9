//! Accepts requests, plans books, releases chapters, and serves what is due.
//!
//! [`intake`] reads the submissions of upstream systems. [`submit`] accepts a request and publishes its plan. [`plan`] makes
//! the context. [`outline`] has a model make an outline from a topic. [`mod@sweep`] serves due times. [`event_publisher`]
//! publishes the public events of books, and [`webhooks`] tells webhooks of them.

#[cfg(test)]
mod damaged;
pub mod estimate;
pub mod event_publisher;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod intake;
mod leader_lock;
pub mod outline;
pub mod plan;
pub mod submit;
pub mod sweep;
pub mod terms;
pub mod webhooks;
