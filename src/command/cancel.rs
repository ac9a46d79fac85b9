//! `bindery cancel` cancels a book, or all books of a filter. Its running calls stop when their workers next renew their leases.

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
        return bulk::run(global, environment, config, choice, BulkAction::Cancel).await;
    };
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    match app.act(&book, Action::Cancel).await? {
        Operated::Done { .. } => eprintln!("The book {} is cancelled; its finished parts are kept.", book.id),
        Operated::Unchanged => {
            return Err(Failure::usage(format!("the book {} was cancelled already; nothing was done", book.id)));
        }
        _ => return Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
