//! `bindery config` prints the settings in force and the source of each.

use std::process::ExitCode;

use bindery_config::Config;

use crate::{cli::Global, exit::Failure, stdout};

/// Runs the command.
pub(crate) fn run(global: &Global, config: &Config) -> Result<ExitCode, Failure> {
    if global.json {
        stdout::line(serde_json::to_string(config).map_err(Failure::internal)?)?;
    } else {
        stdout::text(config.render())?;
    }
    Ok(ExitCode::SUCCESS)
}
