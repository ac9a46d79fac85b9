//! The file's schema. Records are JSON; the columns beside them are used for searches.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode};

use crate::StoreError;

/// The schema version that this program writes, kept in the file's `user_version`.
const VERSION: i64 = 3;

const SCHEMA: &str = "
    CREATE TABLE books (
        id TEXT PRIMARY KEY,
        record TEXT NOT NULL,
        accepted_at INTEGER NOT NULL,
        deadline INTEGER,
        told INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE requests (
        book TEXT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
        request TEXT NOT NULL
    ) STRICT;
    CREATE INDEX books_deadline ON books (deadline) WHERE deadline IS NOT NULL;
    CREATE TABLE tasks (
        book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        wave INTEGER NOT NULL,
        standing TEXT NOT NULL,
        owed INTEGER NOT NULL,
        due INTEGER,
        record TEXT NOT NULL,
        PRIMARY KEY (book, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tasks_standing ON tasks (book, standing, wave, place);
    CREATE INDEX tasks_owed ON tasks (book, place) WHERE owed = 1;
    CREATE INDEX tasks_due ON tasks (due) WHERE due IS NOT NULL;
    CREATE TABLE texts (
        book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (book, digest)
    ) STRICT;
    CREATE TABLE events (
        book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (book, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE posts (
        post TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        until INTEGER NOT NULL
    ) STRICT;
";

/// What version 2 added: the number of the last published event, and the leader locks.
const FROM_1: &str = "
    ALTER TABLE books ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE posts (
        post TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        until INTEGER NOT NULL
    ) STRICT;
";

/// The tables that an earlier program of this version does without. They need no version of their own.
const ADDED: &str = "
    CREATE TABLE IF NOT EXISTS track_records (
        model TEXT PRIMARY KEY,
        record TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY,
        record TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS outlines (
        book TEXT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
        outline TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS webhooks (
        id TEXT PRIMARY KEY,
        record TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS notices (
        id TEXT PRIMARY KEY,
        webhook TEXT NOT NULL,
        due INTEGER NOT NULL,
        dead INTEGER NOT NULL,
        record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS notices_due ON notices (due);
    CREATE INDEX IF NOT EXISTS notices_dead ON notices (webhook) WHERE dead = 1;
";

/// What version 3 changed: requests have a table of their own. A book's record is written at each commit, and SQLite writes a
/// whole row. A large outline in the same row was therefore written again for each chapter.
const FROM_2: &str = "
    CREATE TABLE requests (
        book TEXT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
        request TEXT NOT NULL
    ) STRICT;
    INSERT INTO requests SELECT id, request FROM books;
    ALTER TABLE books DROP COLUMN request;
";

/// How long to wait for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the file, and creates it and its folder if they are missing.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
    }
    let db = Connection::open(path)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    write_ahead(&db)?;
    // FULL syncs the log at every commit, so that an answered command survives a power cut.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    migrate(&db)?;
    Ok(db)
}

/// Switches the file to a write-ahead log. SQLite's busy timeout does not cover this statement: it fails at once while
/// another process switches the same new file.
fn write_ahead(db: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + BUSY_TIMEOUT;
    loop {
        match db.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

fn migrate(db: &Connection) -> Result<(), StoreError> {
    // Two processes may open a new file at once. The second waits here and then finds the tables.
    db.execute_batch("BEGIN IMMEDIATE")?;
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        0 => {
            db.execute_batch(SCHEMA)?;
            db.pragma_update(None, "user_version", VERSION)?;
        }
        1 => {
            db.execute_batch(FROM_1)?;
            db.execute_batch(FROM_2)?;
            db.pragma_update(None, "user_version", VERSION)?;
        }
        2 => {
            db.execute_batch(FROM_2)?;
            db.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        newer => {
            let cause = format!("its version is {newer}, this program writes {VERSION}");
            return Err(StoreError::Unreadable { what: "file", cause });
        }
    }
    db.execute_batch(ADDED)?;
    db.execute_batch("COMMIT")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn processes_that_open_a_new_file_at_once_all_succeed() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let (path, start) = (folder.path().join("books.db"), Barrier::new(8));
            let open = || {
                start.wait();
                open(&path).map(drop)
            };
            let opened: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(opened.iter().all(Result::is_ok), "{opened:?}");
        }
    }

    #[test]
    fn a_file_of_an_earlier_version_keeps_its_requests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.db");
        let old = Connection::open(&path).unwrap();
        let earlier = SCHEMA.replace(
            "record TEXT NOT NULL,\n        accepted_at",
            "record TEXT NOT NULL,\n        request TEXT NOT NULL,\n        accepted_at",
        );
        old.execute_batch(&earlier.replace("CREATE TABLE requests", "CREATE TABLE IF NOT EXISTS unused")).unwrap();
        old.execute("INSERT INTO books VALUES ('b', '{}', 'asked', 0, NULL, 0)", []).unwrap();
        old.execute_batch("DROP TABLE unused").unwrap();
        old.pragma_update(None, "user_version", 2).unwrap();
        drop(old);
        let db = open(&path).unwrap();
        let kept: String = db.query_row("SELECT request FROM requests WHERE book = 'b'", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "asked");
    }
}
