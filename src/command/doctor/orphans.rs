//! Orphans: files of books that the store does not know.

use std::{path::Path, process::ExitCode};

use bindery_config::Config;
use bindery_domain::{BookId, phrasing::counted};
use bindery_store::{Store, StoreError};

use super::CheckResult;
use crate::{app::App, cli::Global, environment::Environment, exit::Failure, identity::Lock, stdout};

/// What belongs to books that the store does not know.
#[derive(Default)]
struct Orphans {
    /// The books with bound files.
    files: Vec<BookId>,
    /// The books with a lock in the data folder.
    locks: Vec<BookId>,
}

impl Orphans {
    async fn find(app: &App) -> Result<Self, Failure> {
        let store = &*app.ports.store;
        // A book is in the store before it has files. So the store is asked after the files are listed.
        let files = unknown(store, app.files.books().await.map_err(Failure::unavailable)?).await?;
        let locks = unknown(store, Lock::books(&app.folder)).await?;
        Ok(Self { files, locks })
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.locks.is_empty()
    }

    fn counted(&self) -> String {
        let files = counted(self.files.len() as u64, "deleted book has", "deleted books have");
        let locks = counted(self.locks.len() as u64, "has", "have");
        format!("{files} files that nobody removed, {locks} a lock")
    }
}

/// Returns those books that the store does not know. It knows a book whose record it cannot read.
async fn unknown(store: &dyn Store, books: Vec<BookId>) -> Result<Vec<BookId>, Failure> {
    let mut unknown = Vec::new();
    for book in books {
        match store.book(&book).await {
            Ok(None) => unknown.push(book),
            Ok(Some(_)) | Err(StoreError::Newer(_) | StoreError::Unreadable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(unknown)
}

/// Looks for orphans; returns nothing where there are none.
pub(super) async fn look(app: &App) -> Option<CheckResult> {
    match Orphans::find(app).await {
        Ok(orphans) if orphans.is_empty() => None,
        Ok(orphans) => {
            let advice = "`bindery doctor --remove-orphans` removes them, if no other store has its files there";
            Some(CheckResult::well("orphans", orphans.counted()).with_advice(advice))
        }
        Err(error) => {
            Some(CheckResult::bad("orphans", error.to_string(), "look at what is said of the store and the files"))
        }
    }
}

/// Removes orphans, and what dead processes left unfinished among the files of other books.
pub(super) async fn remove(
    global: &Global,
    environment: &Environment,
    config: Config,
    yes: bool,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let orphans = Orphans::find(&app).await?;
    if !orphans.is_empty() {
        let store = &app.ports.store;
        if store.books().await?.is_empty() && store.unreadable_books().await?.is_empty() {
            return Err(Failure::choice(
                "nothing was removed: the store has no book at all, so it may be the wrong one or may have lost its data; \
                 check store.url, or remove the files yourself",
            ));
        }
        eprintln!("In {}: {}.", app.config.files.url, orphans.counted());
        let agreed = yes || (environment.interactive && environment.agrees("Remove them for good?"));
        if !agreed {
            return Err(Failure::choice("nothing was removed; add --yes to remove them"));
        }
    }
    for book in &orphans.files {
        app.files.delete(book).await.map_err(Failure::unavailable)?;
        tell(global, "files", book)?;
    }
    remove_locks(global, &app.folder, &orphans.locks)?;
    for book in app.files.books().await.map_err(Failure::unavailable)? {
        app.files.settle(book.as_str()).await.map_err(Failure::unavailable)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn remove_locks(global: &Global, folder: &Path, books: &[BookId]) -> Result<(), Failure> {
    for book in books {
        // A lock that somebody holds is no orphan.
        if let Ok(lock) = Lock::take(folder, book) {
            lock.remove();
            tell(global, "lock", book)?;
        }
    }
    Ok(())
}

fn tell(global: &Global, removed: &str, book: &BookId) -> Result<(), Failure> {
    if global.json {
        return stdout::line(serde_json::json!({"removed": removed, "book": book}));
    }
    stdout::line(format_args!("removed the {removed} of {book}"))
}
