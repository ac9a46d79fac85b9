//! `bindery delete` deletes a book with its texts and files.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_domain::BookId;
use bindery_ledger::{Book, Operation};
use bindery_store::UnreadableBook;

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Lock},
    phrasing::without_control,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
    yes: bool,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    if let Some(damaged) = identity::find_unreadable(&app, named).await? {
        return delete_unreadable(environment, &app, &damaged, yes).await;
    }
    let book = identity::find(&app, named).await?;
    let lock = lock(&app, &book.id)?;
    if !yes {
        ask(environment, &format!("\"{}\" ({})", book.title, book.id))?;
    }
    remove(&app, &book, "`bindery delete` was called").await?;
    if let Some(lock) = lock {
        lock.remove();
    }
    eprintln!("Deleted {} \"{}\".", book.id, without_control(&book.title));
    Ok(ExitCode::SUCCESS)
}

/// Deletes a book whose record cannot be read. Nothing of it can be cancelled first: a process that can read it and works on it
/// finds it gone.
async fn delete_unreadable(
    environment: &Environment,
    app: &App,
    damaged: &UnreadableBook,
    yes: bool,
) -> Result<ExitCode, Failure> {
    let UnreadableBook { id, error } = damaged;
    let lock = lock(app, id)?;
    if !yes {
        ask(environment, &format!("the book {id}, whose record cannot be read ({error}),"))?;
    }
    remove_stored(app, id).await?;
    if let Some(lock) = lock {
        lock.remove();
    }
    tracing::info!(book = %id, reason = %error, "a book whose record cannot be read was deleted");
    eprintln!("Deleted {id}.");
    Ok(ExitCode::SUCCESS)
}

/// Takes the lock of a book. No process of a fleet writes in this data folder.
fn lock(app: &App, book: &BookId) -> Result<Option<Lock>, Failure> {
    if app.fleet() { Ok(None) } else { Lock::take(&app.folder, book).map(Some) }
}

fn ask(environment: &Environment, what: &str) -> Result<(), Failure> {
    if !environment.interactive {
        return Err(Failure::choice("nothing was done; without a terminal, `delete` needs --yes"));
    }
    if environment.agrees(&format!("Delete {what} with all its texts?")) {
        Ok(())
    } else {
        Err(Failure::choice("nothing was done"))
    }
}

/// Removes the files of a book, then the book. If the files cannot be removed, the command can be repeated.
pub(crate) async fn remove(app: &App, book: &Book, reason: &str) -> Result<(), Failure> {
    // Nobody writes the texts of an open book again while they are removed.
    app.ports.store.operate(&book.id, Operation::Cancel).await?;
    remove_stored(app, &book.id).await?;
    let (tenant, request_id) = (&book.tenant, &book.request_id);
    tracing::info!(tenant, request_id, book = %book.id, reason, "the book was deleted");
    Ok(())
}

async fn remove_stored(app: &App, book: &BookId) -> Result<(), Failure> {
    app.files.delete(book).await.map_err(Failure::unavailable)?;
    app.ports.store.delete(book).await?;
    // A binding that was under way may have stored a file meanwhile. One that stores a file later finds the book gone.
    app.files.delete(book).await.map_err(Failure::unavailable)
}
