//! Damage to the records of a book, for tests of what happens around a book that cannot be read.

use std::path::Path;

use bindery_domain::BookId;
use rusqlite::Connection;

/// The records of a book that are damaged.
#[derive(Clone, Copy, Debug)]
pub enum Records {
    /// The record of the book itself.
    Book,
    /// The records of its tasks.
    Tasks,
}

/// Damages records of a book in the file of a SQLite store, so that no program can read them.
pub fn damage(file: &Path, book: &BookId, records: Records) {
    let db = Connection::open(file).expect("the test has made the file");
    let update = match records {
        Records::Book => "UPDATE books SET record = '{' WHERE id = ?1",
        Records::Tasks => "UPDATE tasks SET record = '{' WHERE book = ?1",
    };
    let damaged = db.execute(update, [book.as_str()]).expect("the store lets others write");
    assert!(damaged > 0, "the store has no records of the book");
}
