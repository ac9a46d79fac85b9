//! `bindery completions`: a script that lets a shell complete commands and options.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{cli::Cli, exit::Failure};

/// Runs the command.
pub(crate) fn run(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    clap_complete::generate(shell, &mut Cli::command(), "bindery", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
