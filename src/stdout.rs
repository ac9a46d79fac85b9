//! Results go to stdout. A reader that closes the pipe, as `head` does, has all that it wants, so that is not an error.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write as _},
};

use bindery_domain::phrasing::without_control;

use crate::exit::Failure;

/// Prints a result and a line break.
pub(crate) fn line(result: impl Display) -> Result<(), Failure> {
    text(format_args!("{result}\n"))
}

/// Prints a line for people that may hold words from outside. Programs ask for JSON.
pub(crate) fn shown(line: impl Display) -> Result<(), Failure> {
    self::line(without_control(&line.to_string()))
}

/// Prints a result as it is.
pub(crate) fn text(result: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match write!(out, "{result}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::unavailable(format!("the result cannot be printed: {error}")))
        }
        _ => Ok(()),
    }
}
