//! `bindery delete` deletes a book with its texts and files.

use std::process::ExitCode;

use bindery_commands::{remove, remove_stored};
use bindery_domain::{BookId, phrasing::without_control};
use bindery_ledger::Book;
use bindery_store::UnreadableBook;

use crate::{
    app::App,
    environment::Environment,
    exit::Failure,
    identity::{self, Lock},
};

/// Deletes the book that a user names. Without `yes`, the user is asked first.
pub(super) async fn run(environment: &Environment, app: &App, named: &str, yes: bool) -> Result<ExitCode, Failure> {
    if let Some(damaged) = identity::find_unreadable(app, named).await? {
        return delete_unreadable(environment, app, &damaged, yes).await;
    }
    let book = identity::find(app, named).await?;
    if !yes {
        ask(environment, &format!("\"{}\" ({})", book.title, book.id))?;
    }
    delete_one(app, &book).await?;
    eprintln!("Deleted {} \"{}\".", book.id, without_control(&book.title));
    Ok(ExitCode::SUCCESS)
}

/// Deletes a book that no process writes here.
pub(super) async fn delete_one(app: &App, book: &Book) -> Result<(), Failure> {
    let lock = lock(app, &book.id)?;
    remove(&app.ports, &*app.files, book, "`bindery delete` was called").await?;
    if let Some(lock) = lock {
        lock.remove();
    }
    Ok(())
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
    remove_stored(&app.ports, &*app.files, id).await?;
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
