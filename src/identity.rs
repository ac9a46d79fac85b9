//! Which book a command means, and who may write it now.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use bindery_domain::BookId;
use bindery_ledger::Book;
use bindery_store::UnreadableBook;

use crate::{
    app::{App, config},
    cli::Global,
    environment::Environment,
    exit::Failure,
};

/// Whose books a laptop's are.
pub(crate) const TENANT: &str = "local";

/// Returns the name of the request that an outline at this path makes: its canonical path.
pub(crate) fn request_id(outline: &Path) -> Result<String, Failure> {
    let canonical = fs::canonicalize(outline)
        .map_err(|error| Failure::usage(format!("the outline {} cannot be read: {error}", outline.display())))?;
    Ok(canonical.to_string_lossy().into_owned())
}

/// Opens the app and finds the one book that a user names.
pub(crate) async fn open(global: &Global, environment: &Environment, named: &str) -> Result<(App, Book), Failure> {
    let app = App::open(global, environment, config(global, environment, Vec::new())?).await?;
    let book = find(&app, named).await?;
    Ok((app, book))
}

/// Finds the one book that a user names: by id, by the beginning of one, or by its outline's path.
async fn find(app: &App, named: &str) -> Result<Book, Failure> {
    if let Ok(request_id) = request_id(Path::new(named))
        && let Some(book) = app.ports.store.book(&BookId::of(&app.tenant(), &request_id)).await?
    {
        return Ok(book);
    }
    let books = app.ports.store.books().await?;
    let mut matching = books.into_iter().filter(|book| !named.is_empty() && book.id.as_str().starts_with(named));
    match (matching.next(), matching.next()) {
        (Some(book), None) => Ok(book),
        (Some(_), Some(_)) => Err(Failure::usage(format!("several books begin with `{named}`; give more of the id"))),
        (None, _) => Err(not_found(app, named).await?),
    }
}

/// Says why no book is found by a name.
async fn not_found(app: &App, named: &str) -> Result<Failure, Failure> {
    let unreadable = app.ports.store.unreadable_books().await?;
    let found = unreadable.into_iter().find(|book| !named.is_empty() && book.id.as_str().starts_with(named));
    Ok(match found {
        Some(UnreadableBook { id, error }) => Failure::unavailable(format!("the book {id}: {error}")),
        None => Failure::usage(format!("no book is called `{named}`; `bindery books` lists them")),
    })
}

/// The right of this process to write a book; ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes a book's lock, or says who has it.
    pub(crate) fn take(folder: &Path, book: &BookId) -> Result<Self, Failure> {
        let path = folder.join("locks").join(format!("{book}.lock"));
        let mut file =
            open_lock(&path).map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The holder's number is a help for the reader, nothing depends on it.
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                return Err(Failure::taken(format!(
                    "another run is writing this book (process {holder}); wait for it or stop it"
                )));
            }
            Err(TryLockError::Error(error)) => {
                return Err(Failure::unavailable(format!("{}: {error}", path.display())));
            }
        }
        let written =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
        written.map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))?;
        Ok(Self { _file: file })
    }
}

fn open_lock(path: &PathBuf) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}
