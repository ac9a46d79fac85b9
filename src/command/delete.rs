//! `bindery delete` deletes a book with its texts and files.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_ledger::{Book, Operation};

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Lock, Opened},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
    yes: bool,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    // No process of a fleet writes in this data folder.
    let lock = if app.fleet() { None } else { Some(Lock::take(&app.folder, &book.id)?) };
    if !yes {
        ask(environment, &book)?;
    }
    remove(&app, &book).await?;
    if let Some(lock) = lock {
        lock.remove();
    }
    eprintln!("Deleted {} \"{}\".", book.id, book.title);
    Ok(ExitCode::SUCCESS)
}

fn ask(environment: &Environment, book: &Book) -> Result<(), Failure> {
    if !environment.interactive {
        return Err(Failure::choice("nothing was done; without a terminal, `delete` needs --yes"));
    }
    let question = format!("Delete \"{}\" ({}) with all its texts?", book.title, book.id);
    if environment.agrees(&question) { Ok(()) } else { Err(Failure::choice("nothing was done")) }
}

/// Removes the files of a book, then the book. If the files cannot be removed, the command can be repeated.
pub(crate) async fn remove(app: &App, book: &Book) -> Result<(), Failure> {
    // Nobody writes the texts of an open book again while they are removed.
    app.ports.store.operate(&book.id, Operation::Cancel).await?;
    app.files.delete(&book.id).await.map_err(Failure::unavailable)?;
    app.ports.store.delete(&book.id).await?;
    // A binding that was under way may have stored a file meanwhile. One that stores a file later finds the book gone.
    app.files.delete(&book.id).await.map_err(Failure::unavailable)?;
    tracing::info!(tenant = book.tenant, request_id = book.request_id, book = %book.id, "the book was deleted");
    Ok(())
}
