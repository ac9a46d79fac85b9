//! The book that a command means, and the lock of the process that writes it.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use bindery_config::Config;
use bindery_domain::BookId;
use bindery_ledger::Book;

use crate::{app::App, cli::Global, environment::Environment, exit::Failure};

/// The tenant of the books that are written without a fleet.
pub(crate) const TENANT: &str = "local";

/// Returns the request id of an outline: its canonical path.
pub(crate) fn request_id(outline: &Path) -> Result<String, Failure> {
    let canonical = fs::canonicalize(outline)
        .map_err(|error| Failure::usage(format!("the outline {} cannot be read: {error}", outline.display())))?;
    Ok(canonical.to_string_lossy().into_owned())
}

/// The app, and the book that a command is about.
pub(crate) struct Opened {
    pub(crate) app: App,
    pub(crate) book: Book,
}

/// Opens the app and finds the book that a user names.
pub(crate) async fn open(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<Opened, Failure> {
    let app = App::open(global, environment, config).await?;
    let book = find(&app, named).await?;
    Ok(Opened { app, book })
}

/// Finds the book that a user names by its id, by the beginning of the id, or by the path of its outline.
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
        (None, _) => Err(Failure::usage(format!("no book is called `{named}`; `bindery books` lists them"))),
    }
}

/// The right of this process to write a book. It ends with the process, even if the process is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a book, or fails with the number of the process that has it.
    pub(crate) fn take(folder: &Path, book: &BookId) -> Result<Self, Failure> {
        let path = folder.join("locks").join(format!("{book}.lock"));
        let mut file =
            open_lock(&path).map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The number only helps the reader, so a failure to read it does not matter.
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
