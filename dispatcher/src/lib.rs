//! Accepts requests, plans books, releases chapters, and serves what is due.
//!
//! [`intake`] reads the submissions of upstream systems, and [`commands`] carries out their commands. [`submit`] accepts a
//! request and publishes its plan. [`plan`] makes the context. [`outline`] has a model make an outline from a topic.
//! [`mod@sweep`] serves due times. [`event_publisher`] publishes the public events of books, and [`webhooks`] tells webhooks of
//! them. [`uploads`] takes over the covers and pictures that submissions name.

pub mod commands;
pub mod estimate;
pub mod event_publisher;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod intake;
mod leader_lock;
pub mod outline;
pub mod plan;
mod sender;
pub mod submit;
pub mod sweep;
pub mod terms;
mod until_answered;
pub mod uploads;
pub mod webhooks;
