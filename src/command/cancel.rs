//! `bindery cancel`: a book is called off; calls under way stop at their next sign of life.

use std::process::ExitCode;

use bindery_ledger::{Operated, Operation};

use crate::{cli::Global, environment::Environment, exit::Failure, identity};

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, named: &str) -> Result<ExitCode, Failure> {
    let (app, book) = identity::open(global, environment, named).await?;
    match app.operate(&book, Operation::Cancel).await? {
        Operated::Done { .. } => eprintln!("The book {} is cancelled; what is finished of it is kept.", book.id),
        Operated::Unchanged => {
            return Err(Failure::usage(format!("the book {} was cancelled before; nothing was done", book.id)));
        }
        _ => return Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
