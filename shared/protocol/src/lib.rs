//! The messages on the wire: submissions and receipts, task messages and book events.

mod body;
pub mod book_event;
pub mod command;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod json;
mod message;
pub mod notice;
pub mod problem;
pub mod submission;
pub mod task;
pub mod tenant;

pub use self::{
    body::Body,
    message::{
        DEAD_LANE, DEAD_REASON, DEAD_SIZE, MAX_MESSAGE_BYTES, Message, OWN_HEADERS, SENDER, TRACE_PARENT,
        UNPROVEN_SENDER,
    },
    task::Undecodable,
};
