//! `bindery config`: the settings in force, and where each comes from.

use std::process::ExitCode;

use crate::{app, cli::Global, environment::Environment, exit::Failure, stdout};

/// Runs the command.
pub(crate) fn run(global: &Global, environment: &Environment) -> Result<ExitCode, Failure> {
    let config = app::config(global, environment, Vec::new())?;
    if global.json {
        stdout::line(serde_json::to_string(&config).map_err(Failure::internal)?)?;
    } else {
        stdout::text(config.render())?;
    }
    Ok(ExitCode::SUCCESS)
}
