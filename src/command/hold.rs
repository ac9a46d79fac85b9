//! `bindery hold`: a book stands still until an operator lets it go on. Calls under way are finished.

use std::process::ExitCode;

use bindery_ledger::{Hold, Operated, Operation};

use crate::{cli::Global, environment::Environment, exit::Failure, identity};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    named: &str,
    lift: bool,
) -> Result<ExitCode, Failure> {
    let (app, book) = identity::open(global, environment, named).await?;
    let operation = if lift { Operation::Lift(Hold::Operator) } else { Operation::Hold };
    match app.operate(&book, operation).await? {
        Operated::Done { .. } if lift => eprintln!("The book {} may go on.", book.id),
        Operated::Done { .. } => {
            eprintln!("The book {} stands still; `bindery hold {} --lift` ends it.", book.id, book.id)
        }
        Operated::Unchanged => {
            let said = if lift { "is not held by an operator" } else { "was held before" };
            return Err(Failure::usage(format!("the book {} {said}; nothing was done", book.id)));
        }
        _ => return Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
