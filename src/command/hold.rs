//! `bindery hold`: a book stands still until an operator lets it go on. Calls under way are finished.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_ledger::{Hold, Operated, Operation};

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
    lift: bool,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let operation = if lift { Operation::Lift(Hold::Operator) } else { Operation::Hold };
    match app.operate(&book, operation).await? {
        Operated::Done { .. } if lift => eprintln!("The book {} may go on.", book.id),
        Operated::Done { .. } => {
            eprintln!("The book {} stands still; `bindery hold {} --lift` ends it.", book.id, book.id)
        }
        Operated::Unchanged if lift => eprintln!("The book {} was not held by an operator.", book.id),
        Operated::Unchanged => eprintln!("The book {} was held before.", book.id),
        _ => return Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
