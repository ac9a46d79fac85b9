//! `bindery config`: the settings in force, and where each comes from.

use std::process::ExitCode;

use crate::{cli::Global, environment::Environment, exit::Failure, workshop};

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the settings are the result")]
pub(crate) fn run(global: &Global, environment: &Environment) -> Result<ExitCode, Failure> {
    let config = workshop::config(global, environment, Vec::new())?;
    if global.json {
        println!("{}", serde_json::to_string(&config).map_err(Failure::internal)?);
    } else {
        print!("{}", config.render());
    }
    Ok(ExitCode::SUCCESS)
}
