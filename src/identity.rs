//! The book that a command means, and the lock of the process that writes it.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use bindery_config::Config;
use bindery_domain::BookId;
use bindery_ledger::Book;
use bindery_store::UnreadableBook;

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

/// Finds the book with this id, or the only one whose id begins so, among those whose records cannot be read.
pub(crate) async fn find_unreadable(app: &App, named: &str) -> Result<Option<UnreadableBook>, Failure> {
    let unreadable = app.ports.store.unreadable_books().await?;
    let mut found = unreadable.into_iter().filter(|book| !named.is_empty() && book.id.as_str().starts_with(named));
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// Finds the book that a user names. The name is the path of its outline, the name that its request gave it, its id, or the
/// beginning of its id.
pub(crate) async fn find(app: &App, named: &str) -> Result<Book, Failure> {
    match find_known(app, named).await? {
        Some(book) => Ok(book),
        None => Err(not_found(app, named).await?),
    }
}

/// Finds the book that a user names as [`find`] does; `None` where there is none.
pub(crate) async fn find_known(app: &App, named: &str) -> Result<Option<Book>, Failure> {
    let store = &app.ports.store;
    let path = request_id(Path::new(named)).ok();
    for name in path.iter().map(String::as_str).chain([named]) {
        let id = store.id_of(&app.tenant(), name).await?;
        if let Some(book) = store.book(&id).await? {
            return Ok(Some(book));
        }
    }
    let books = store.books().await?;
    // An operator may name a book of any tenant, but a path means an outline of one's own.
    let exact = |book: &&Book| book.id.as_str() == named || (path.is_none() && book.request_id == named);
    let begins = |book: &&Book| !named.is_empty() && book.id.as_str().starts_with(named);
    let found: Vec<&Book> = books.iter().filter(exact).collect();
    let found = if found.is_empty() { books.iter().filter(begins).collect() } else { found };
    match found[..] {
        [book] => Ok(Some(book.clone())),
        [] => Ok(None),
        _ => {
            let ids: Vec<&str> = found.iter().map(|book| book.id.as_str()).collect();
            Err(Failure::usage(format!("`{named}` may be any of these books; name one by its id: {}", ids.join(", "))))
        }
    }
}

/// Says why no book is found by a name.
async fn not_found(app: &App, named: &str) -> Result<Failure, Failure> {
    let unreadable = app.ports.store.unreadable_books().await?;
    let found = unreadable.into_iter().find(|book| !named.is_empty() && book.id.as_str().starts_with(named));
    Ok(match found {
        Some(UnreadableBook { id, error }) => Failure::unavailable(format!(
            "no book is called `{named}` that this program can read; it cannot read {id}: {error}"
        )),
        None => Failure::usage(format!("no book is called `{named}`; `bindery books` lists them")),
    })
}

/// The right of this process to write a book. It ends with the process, even if the process is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a book, or fails with the number of the process that has it. A studio has the books of a folder.
    pub(crate) fn take(folder: &Path, book: &BookId) -> Result<Self, Failure> {
        if let Some(studio) = studio_of(folder) {
            return Err(Failure::taken(format!(
                "a studio works on the books of this folder (process {studio}); use its page, or stop it"
            )));
        }
        Self::take_at(folder.join(LOCKS).join(format!("{book}.lock")), |holder| {
            format!("another run is writing this book (process {holder}); wait for it or stop it")
        })
    }

    /// Takes the lock of all books of a folder that no other run is writing.
    pub(crate) fn take_studio(folder: &Path) -> Result<Self, Failure> {
        Self::take_at(folder.join(LOCKS).join(STUDIO), |holder| {
            format!("another studio works on the books of this folder (process {holder}); use its page, or stop it")
        })
    }

    fn take_at(path: PathBuf, taken: impl Fn(&str) -> String) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| Failure::unavailable(format!("{}: {error}", path.display()));
        loop {
            let mut file = open_lock(&path).map_err(cannot)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    // The number only helps the reader, so a failure to read it does not matter.
                    let _ = file.read_to_string(&mut holder);
                    return Err(Failure::taken(taken(holder.trim())));
                }
                Err(TryLockError::Error(error)) => return Err(cannot(error)),
            }
            // The former holder may have removed the file before it was locked here. Then others lock another one.
            if !is_at(&file, &path) {
                continue;
            }
            let written =
                file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
            written.map_err(cannot)?;
            return Ok(Self { _file: file, path });
        }
    }

    /// Removes the lock's file, for a book that is gone.
    pub(crate) fn remove(self) {
        // A file that stays is harmless.
        let _ = fs::remove_file(&self.path);
    }

    /// Returns the books that have a lock's file in a data folder.
    pub(crate) fn books(folder: &Path) -> Vec<BookId> {
        let entries = fs::read_dir(folder.join(LOCKS)).into_iter().flatten().flatten();
        let named = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(BookId::named(name.strip_suffix(".lock")?))
        });
        named.filter(BookId::well_formed).collect()
    }
}

/// The file of the lock that a studio holds.
const STUDIO: &str = "studio.lock";

/// Returns the number of the process of the studio that works on the books of a folder; `None` where none does.
fn studio_of(folder: &Path) -> Option<String> {
    let mut file = File::open(folder.join(LOCKS).join(STUDIO)).ok()?;
    // A shared lock that was got is given back when the file is closed.
    let Err(TryLockError::WouldBlock) = file.try_lock_shared() else { return None };
    let mut holder = String::new();
    // The number only helps the reader, so a failure to read it does not matter.
    let _ = file.read_to_string(&mut holder);
    Some(holder.trim().to_owned())
}

/// Returns whether an open file is the one at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    open.dev() == named.dev() && open.ino() == named.ino()
}

/// Returns whether an open file is the one at a path. Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// The folder of the locks in the data folder.
const LOCKS: &str = "locks";

fn open_lock(path: &PathBuf) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}
