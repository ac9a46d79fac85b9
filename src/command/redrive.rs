//! `bindery redrive`: what failed of a book is tried again, with fresh tries.

use std::process::ExitCode;

use bindery_shared::ledger::{Operated, Operation};

use crate::{cli::Global, environment::Environment, exit::Failure, identity};

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, named: &str) -> Result<ExitCode, Failure> {
    let (workshop, book) = identity::open(global, environment, named).await?;
    match workshop.operate(&book, Operation::Redrive).await? {
        Operated::Done { .. } if workshop.fleet() => eprintln!("The book {} is tried again.", book.id),
        Operated::Done { .. } => eprintln!("The book {} is open again: run `bindery write` on its outline.", book.id),
        _ => return Err(Failure::usage(format!("the book {} has not failed; it is {}", book.id, book.state))),
    }
    Ok(ExitCode::SUCCESS)
}
