//! `bindery hold` holds a book until an operator lifts the hold. Running calls are finished.

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
    lift: bool,
) -> Result<ExitCode, Failure> {
    let Some(named) = &choice.book else {
        let action = if lift { BulkAction::Lift } else { BulkAction::Hold };
        return bulk::run(global, environment, config, choice, action).await;
    };
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let action = if lift { Action::Lift } else { Action::Hold };
    match app.act(&book, action).await? {
        Operated::Done { .. } if lift => eprintln!("The book {} can continue.", book.id),
        Operated::Done { .. } => {
            eprintln!("The book {} is held; `bindery hold {} --lift` lets it continue.", book.id, book.id)
        }
        Operated::Unchanged => {
            let said = if lift { "is not held by an operator" } else { "was held already" };
            return Err(Failure::usage(format!("the book {} {said}; nothing was done", book.id)));
        }
        _ => return Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
