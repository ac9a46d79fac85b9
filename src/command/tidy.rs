//! `bindery tidy` prints an outline in the form that Bindery gives it.

use std::process::ExitCode;

use bindery_outline::to_markdown;

use crate::{
    cli::{Global, TidyArgs},
    exit::Failure,
    outline, stdout,
};

/// Runs the command.
pub(crate) fn run(global: &Global, arguments: &TidyArgs) -> Result<ExitCode, Failure> {
    let reading = outline::read(&arguments.outline, arguments.shape)?;
    outline::show(&reading, &arguments.outline);
    if global.json {
        stdout::line(serde_json::to_string(&reading.outline).map_err(Failure::internal)?)?;
    } else {
        stdout::text(to_markdown(&reading.outline))?;
    }
    Ok(ExitCode::SUCCESS)
}
