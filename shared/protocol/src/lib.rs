//! What goes over the wire: submissions and receipts, task messages, book events, and the message that carries each.

pub mod book_event;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod message;
pub mod submission;
pub mod task;

pub use self::message::{DEAD_LANE, DEAD_REASON, DEAD_USER, Message};
