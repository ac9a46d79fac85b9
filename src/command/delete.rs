//! `bindery delete` deletes a book with its texts and files.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_ledger::Book;

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
    let _lock = Lock::take(&app.folder, &book.id)?;
    if !yes {
        ask(environment, &book)?;
    }
    remove(&app, &book).await?;
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
    app.files.delete(&book.id).await.map_err(Failure::unavailable)?;
    app.ports.store.delete(&book.id).await?;
    Ok(())
}
