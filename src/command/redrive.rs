//! `bindery redrive` tries the failed chapters of a book again, each with its full number of tries. It binds a finished
//! book again if a file or a format is missing.

use std::process::ExitCode;

use bindery_commands::{Action, BulkAction};
use bindery_config::Config;
use bindery_ledger::Operated;

use super::bulk;
use crate::{
    cli::{Choice, Global},
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    choice: &Choice,
) -> Result<ExitCode, Failure> {
    let Some(named) = &choice.book else {
        return bulk::run(global, environment, config, choice, BulkAction::Redrive).await;
    };
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    match app.act(&book, Action::Redrive).await? {
        Operated::Done { .. } if app.fleet() => eprintln!("The book {} is tried again.", book.id),
        Operated::Done { .. } => eprintln!("The book {} is open again: run `bindery write` on its outline.", book.id),
        Operated::TextsLeft => return Err(app.texts_left(&book.id)),
        _ => return Err(Failure::usage(format!("the book {} has not failed; it is {}", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
