//! The states of a book, as callers name them.

use bindery_ledger::{Book, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a book stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookState {
    /// Its plan has not been started.
    Accepted,
    /// Its plan is being made.
    Planning,
    /// Its chapters are being written.
    Writing,
    /// Its chapters are read as a whole, and mended.
    Auditing,
    /// Its files are being made.
    Binding,
    /// Its files are there.
    Done,
    /// A stage could not be finished.
    Failed,
    /// Its owner called it off.
    Cancelled,
}

impl BookState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Planning,
        Self::Writing,
        Self::Auditing,
        Self::Binding,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Returns the state of a book.
    pub fn of(book: &Book) -> Self {
        match book.state {
            State::Accepted => Self::Accepted,
            State::Planning => Self::Planning,
            State::Writing => Self::Writing,
            State::Auditing => Self::Auditing,
            State::Binding => Self::Binding,
            State::Done => Self::Done,
            State::Failed(_) => Self::Failed,
            State::Cancelled => Self::Cancelled,
        }
    }
}
