//! What a caller may do with a book. The command line and the HTTP API share these commands, so that each rule stands once.
//!
//! [`Caller`] says whose books a caller sees and what it may do with them. [`act`] changes a book, [`remove`] deletes one,
//! [`why`] says what one waits for, and [`BookSoFar`] reads what is written of one.

mod action;
mod caller;
mod keys;
mod so_far;
mod unfinished;
mod why;

pub use self::{
    action::{Action, CommandError, act, act_unpublished, bound, operate, remove, remove_stored},
    caller::Caller,
    keys::{IssuedKey, KeyOrder, authenticate, issue},
    so_far::{BookSoFar, ChapterSoFar, Progress, SoFarError},
    why::{Need, why},
};
