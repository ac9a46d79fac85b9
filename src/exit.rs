//! The end of the program: one message on stderr and one documented exit code.

use std::{fmt::Display, process::ExitCode};

use crate::{environment, logs};

/// The book is not whole.
pub(crate) const NOT_WHOLE: u8 = 1;
/// The book is held.
pub(crate) const HELD: u8 = 3;
/// A choice must be made before anything is done.
const CHOICE: u8 = 4;
/// An outline, a setting or a plan cannot be used.
const USAGE: u8 = 64;
/// A model, the store or a file cannot be reached.
const UNAVAILABLE: u8 = 69;
/// This program has an error.
const INTERNAL: u8 = 70;
/// Another run is writing the book.
const TAKEN: u8 = 75;
/// The run was interrupted. Shells use this number for SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;

/// The reason why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Makes the failure of something that the user gave and that cannot be used. The message says what to do.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { code: USAGE, message: message.to_string() }
    }

    /// Returns whether something that the user gave cannot be used.
    pub(crate) fn is_usage(&self) -> bool {
        self.code == USAGE
    }

    /// Makes the failure of something that a model could not make.
    pub(crate) fn not_whole(message: impl Display) -> Self {
        Self { code: NOT_WHOLE, message: message.to_string() }
    }

    /// Makes the failure of something outside this program that cannot be reached.
    pub(crate) fn unavailable(message: impl Display) -> Self {
        Self { code: UNAVAILABLE, message: message.to_string() }
    }

    /// Makes the failure of something that should not happen.
    pub(crate) fn internal(message: impl Display) -> Self {
        Self { code: INTERNAL, message: message.to_string() }
    }

    /// Makes the failure of a run whose book another run is writing.
    pub(crate) fn taken(message: impl Display) -> Self {
        Self { code: TAKEN, message: message.to_string() }
    }

    /// Makes the failure of a run that needs a choice from the user.
    pub(crate) fn choice(message: impl Display) -> Self {
        Self { code: CHOICE, message: message.to_string() }
    }

    /// Prints the message and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        logs::say_failure(&self.message, environment::asks_for_json());
        ExitCode::from(self.code)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<bindery_store::StoreError> for Failure {
    fn from(error: bindery_store::StoreError) -> Self {
        Self::unavailable(error)
    }
}

impl From<bindery_commands::CommandError> for Failure {
    fn from(error: bindery_commands::CommandError) -> Self {
        Self::unavailable(error)
    }
}
