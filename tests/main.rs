//! The whole system: the real program, as a process, against a stand-in that this process serves. One question a file.
//!
//! All files are modules of one test program: what they share is compiled and linked once, and they run side by side.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, also the functions that clippy.toml cannot tell are one"
)]

mod alerts;
mod budget;
mod capacity;
mod changes;
mod chaos;
mod commands;
mod compose;
mod crash;
mod dashboards;
mod examples;
mod failover;
mod faults;
mod files;
mod fleet;
mod guides;
mod health;
mod kubernetes;
mod metrics;
mod order;
mod outlines;
mod retention;
mod same_book;
mod stuck;
mod support;
mod traces;
mod upgrade;
