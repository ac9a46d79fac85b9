//! `bindery approve` lets a book that waits for a review be written.

use std::process::ExitCode;

use bindery_commands::Action;
use bindery_config::Config;
use bindery_ledger::Operated;

use crate::{
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    match app.act(&book, Action::Approve).await? {
        Operated::Done { .. } if app.fleet() => {
            eprintln!("The book {} is being written.", book.id);
            Ok(ExitCode::SUCCESS)
        }
        Operated::Done { .. } => {
            eprintln!("The book {} may be written: run `bindery write` on its outline.", book.id);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(Failure::usage(format!("the book {} does not wait for a review; it is {}", book.id, book.state))),
    }
}
