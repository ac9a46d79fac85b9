//! `bindery completions` prints a script with which a shell completes commands and options.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{cli::Cli, exit::Failure, stdout};

/// Runs the command.
pub(crate) fn run(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bindery", &mut script);
    stdout::text(String::from_utf8(script).map_err(Failure::internal)?)?;
    Ok(ExitCode::SUCCESS)
}
