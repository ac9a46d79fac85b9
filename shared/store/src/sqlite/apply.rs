//! Applying a decision of the ledger. The open transaction makes it all or nothing.

use bindery_domain::{BookId, Moment, TaskId};
use bindery_ledger::{Book, Event, Request, Task, TrackRecord, Writes};
use rusqlite::{Connection, params};

use super::read::{place, standing};
use crate::{AccessKey, StoreError, record::encode};

pub(super) fn writes(db: &Connection, id: &BookId, writes: Writes) -> Result<(), StoreError> {
    match (&writes.book, &writes.request) {
        (Some(book), Some(request)) => put_book(db, book, request)?,
        (Some(book), None) => update_book(db, book)?,
        (None, _) => {}
    }
    if let Some(outline) = &writes.outline {
        let mut put = db.prepare_cached("INSERT OR REPLACE INTO outlines (book, outline) VALUES (?1, ?2)")?;
        put.execute([id.as_str(), &encode(outline)])?;
    }
    for task in writes.removed {
        remove(db, id, task)?;
    }
    for task in &writes.tasks {
        put_task(db, id, task)?;
    }
    // A text that is stored again replaces the stored one, which may be damaged.
    let mut keep = db.prepare_cached(
        "INSERT INTO texts (book, digest, text) VALUES (?1, ?2, ?3) ON CONFLICT (book, digest) \
         DO UPDATE SET text = excluded.text WHERE text <> excluded.text",
    )?;
    for (digest, text) in &writes.texts {
        keep.execute([id.as_str(), digest.as_str(), &**text])?;
    }
    append(db, id, writes.events)
}

fn put_book(db: &Connection, book: &Book, request: &Request) -> Result<(), StoreError> {
    let mut put = db.prepare_cached(
        "INSERT INTO books (id, record, accepted_at, deadline) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET record = excluded.record, deadline = excluded.deadline",
    )?;
    let accepted = book.accepted_at.0.cast_signed();
    put.execute(params![book.id.as_str(), encode(book), accepted, due(book)])?;
    let mut put = db.prepare_cached(
        "INSERT INTO requests (book, request) VALUES (?1, ?2) ON CONFLICT (book) DO UPDATE SET request = excluded.request",
    )?;
    put.execute([book.id.as_str(), &encode(request)])?;
    Ok(())
}

fn update_book(db: &Connection, book: &Book) -> Result<(), StoreError> {
    let mut update = db.prepare_cached("UPDATE books SET record = ?2, deadline = ?3 WHERE id = ?1")?;
    update.execute(params![book.id.as_str(), encode(book), due(book)])?;
    Ok(())
}

fn due(book: &Book) -> Option<i64> {
    book.due().map(|due| due.0.cast_signed())
}

fn put_task(db: &Connection, book: &BookId, task: &Task) -> Result<(), StoreError> {
    let due = task.due.map(|due| due.0.cast_signed());
    let mut put = db.prepare_cached(
        "INSERT INTO tasks (book, place, wave, standing, owed, due, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (book, place) DO UPDATE SET wave = excluded.wave, standing = excluded.standing, \
         owed = excluded.owed, due = excluded.due, record = excluded.record",
    )?;
    let standing = standing(task.standing);
    put.execute(params![book.as_str(), place(task.id), task.wave, standing, task.owed(), due, encode(task)])?;
    Ok(())
}

fn remove(db: &Connection, book: &BookId, task: TaskId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM tasks WHERE book = ?1 AND place = ?2")?
        .execute(params![book.as_str(), place(task)])?;
    Ok(())
}

fn append(db: &Connection, book: &BookId, events: Vec<Event>) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    // Published events may have been removed, but their numbers are never used again.
    let mut last = db.prepare_cached(
        "SELECT max(told, coalesce((SELECT max(seq) FROM events WHERE book = id), 0)) FROM books WHERE id = ?1",
    )?;
    let mut seq: i64 = last.query_row([book.as_str()], |row| row.get(0))?;
    let mut put = db.prepare_cached("INSERT INTO events (book, seq, record) VALUES (?1, ?2, ?3)")?;
    for mut event in events {
        seq += 1;
        event.seq = seq.cast_unsigned();
        put.execute(params![book.as_str(), seq, encode(&event)])?;
    }
    Ok(())
}

pub(super) fn mark_events_published(db: &Connection, book: &BookId, seq: u64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE books SET told = max(told, ?2) WHERE id = ?1")?
        .execute(params![book.as_str(), seq.cast_signed()])?;
    Ok(())
}

/// Gives a leader lock to its holder, or to any process once the holder's term is over.
pub(super) fn take_leader_lock(
    db: &Connection,
    name: &str,
    holder: &str,
    now: Moment,
    until: Moment,
) -> Result<bool, StoreError> {
    let mut take = db.prepare_cached(
        "INSERT INTO posts (post, holder, until) VALUES (?1, ?2, ?3) ON CONFLICT (post) \
         DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE holder = excluded.holder OR until <= ?4",
    )?;
    Ok(take.execute(params![name, holder, until.0.cast_signed(), now.0.cast_signed()])? > 0)
}

/// Replaces a model's track record.
pub(super) fn track_record(db: &Connection, model: &str, record: &TrackRecord) -> Result<(), StoreError> {
    let mut put = db.prepare_cached("INSERT OR REPLACE INTO track_records (model, record) VALUES (?1, ?2)")?;
    put.execute(params![model, encode(record)])?;
    Ok(())
}

/// Stores a key, in place of the one with its id.
pub(super) fn key(db: &Connection, key: &AccessKey) -> Result<(), StoreError> {
    let mut put = db.prepare_cached("INSERT OR REPLACE INTO keys (id, record) VALUES (?1, ?2)")?;
    put.execute(params![key.id, encode(key)])?;
    Ok(())
}

/// Removes at most `limit` texts, and with the last of them the published events; returns whether no text is left.
pub(super) fn shed(db: &Connection, book: &BookId, limit: u32) -> Result<bool, StoreError> {
    let mut remove = db.prepare_cached(
        "DELETE FROM texts WHERE book = ?1 AND digest IN (SELECT digest FROM texts WHERE book = ?1 LIMIT ?2)",
    )?;
    if remove.execute(params![book.as_str(), limit])? == limit as usize {
        return Ok(false);
    }
    db.prepare_cached("DELETE FROM events WHERE book = ?1 AND seq <= (SELECT told FROM books WHERE id = ?1)")?
        .execute([book.as_str()])?;
    Ok(true)
}

pub(super) fn delete(db: &Connection, book: &BookId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM books WHERE id = ?1")?.execute([book.as_str()])? > 0)
}
