//! Reading records. Indexes find everything that a step needs, so the cost does not grow with the book.

use std::time::Duration;

use bindery_domain::{BookId, Digest, Moment, TaskId};
use bindery_ledger::{Book, Event, Others, Released, Request, Rules, Standing, Task, TaskRef, TrackRecord};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    AccessKey, Due, Load, Scope, StoreError, Unpublished, UnreadableBook,
    record::{self, StoredBook, decode},
};

/// Returns a task's place in its book's rows: the plan first, then the chapters, the repairs by round, the audit and the binding.
pub(super) fn place(task: TaskId) -> i64 {
    match task {
        TaskId::Plan => 0,
        TaskId::Write(chapter) => i64::from(chapter),
        TaskId::Repair { round, chapter } => (i64::from(round) << 32) + i64::from(chapter),
        TaskId::Audit => AUDIT,
        TaskId::Bind => BIND,
    }
}

const AUDIT: i64 = i64::MAX - 1;
const BIND: i64 = i64::MAX;

/// The condition for the rows of chapters.
const CHAPTERS: &str = "place BETWEEN 1 AND 4294967295";

/// The condition for the rows of chapters and repairs.
const IN_WAVES: &str = "place BETWEEN 1 AND 9223372036854775805";

/// The tasks by their standing. The index is named because SQLite would otherwise scan the range of [`IN_WAVES`] by the
/// primary key: every chapter of the book at every step.
const BY_STANDING: &str = "tasks INDEXED BY tasks_standing";

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Released => "released",
        Standing::Done => "done",
        Standing::Dead => "dead",
    }
}

fn json(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

pub(super) fn book(db: &Connection, id: &BookId) -> Result<Option<Book>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM books WHERE id = ?1")?;
    let found = query.query_row([id.as_str()], json).optional()?;
    found.map(|record| record::book(&record)).transpose()
}

/// Reads the records of all books, newest first.
fn listed(db: &Connection) -> Result<Vec<StoredBook>, StoreError> {
    let mut query = db.prepare_cached("SELECT record, id FROM books ORDER BY accepted_at DESC, id")?;
    let rows = query
        .query_map([], |row| Ok(StoredBook { id: BookId::named(&row.get::<_, String>(1)?), record: Ok(json(row)?) }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn books(db: &Connection) -> Result<Vec<Book>, StoreError> {
    listed(db).map(record::books)
}

pub(super) fn unreadable_books(db: &Connection) -> Result<Vec<UnreadableBook>, StoreError> {
    listed(db).map(record::unreadable)
}

pub(super) fn open_books(db: &Connection) -> Result<Vec<Book>, StoreError> {
    let mut all = books(db)?;
    all.retain(|book| !book.state.settled());
    Ok(all)
}

/// Checks the file for damage. SQLite's quick check leaves out only the comparison of indexes with their tables.
pub(super) fn faults(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut query = db.prepare("PRAGMA quick_check(10)")?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    let findings: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(if findings == ["ok"] { Vec::new() } else { findings })
}

pub(super) fn request(db: &Connection, id: &BookId) -> Result<Option<Request>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT request, outline FROM requests LEFT JOIN outlines USING (book) WHERE requests.book = ?1",
    )?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found: Option<(String, Option<String>)> = query.query_row([id.as_str()], row).optional()?;
    found.map(|(request, outline)| record::request(id, &request, outline.as_deref())).transpose()
}

pub(super) fn task(db: &Connection, book: &BookId, task: TaskId) -> Result<Option<Task>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM tasks WHERE book = ?1 AND place = ?2")?;
    let found = query.query_row(params![book.as_str(), place(task)], json).optional()?;
    found.map(|record| decode("task", &record)).transpose()
}

pub(super) fn tasks(db: &Connection, book: &BookId) -> Result<Vec<Task>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM tasks WHERE book = ?1 ORDER BY place")?;
    let rows = query.query_map([book.as_str()], json)?;
    rows.map(|row| decode("task", &row?)).collect()
}

pub(super) fn text(db: &Connection, book: &BookId, digest: &Digest) -> Result<Option<String>, StoreError> {
    let mut query = db.prepare_cached("SELECT text FROM texts WHERE book = ?1 AND digest = ?2")?;
    Ok(query.query_row([book.as_str(), digest.as_str()], json).optional()?)
}

pub(super) fn track_record(db: &Connection, model: &str) -> Result<TrackRecord, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM track_records WHERE model = ?1")?;
    let stored = query.query_row([model], json).optional()?;
    Ok(stored.map(|stored| decode("track record", &stored)).transpose()?.unwrap_or_default())
}

pub(super) fn key(db: &Connection, id: &str) -> Result<Option<AccessKey>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM keys WHERE id = ?1")?;
    let stored = query.query_row([id], json).optional()?;
    stored.map(|stored| decode("key", &stored)).transpose()
}

pub(super) fn keys(db: &Connection) -> Result<Vec<AccessKey>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM keys")?;
    let rows = query.query_map([], json)?;
    rows.map(|row| decode("key", &row?)).collect()
}

pub(super) fn events(db: &Connection, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT record, seq FROM events WHERE book = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?;
    let rows = query.query_map(params![book.as_str(), after.cast_signed(), limit], |row| {
        Ok(record::event(row.get::<_, i64>(1)?.cast_unsigned(), &json(row)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the number of a book's last event. Published events may have been removed.
pub(super) fn last_event(db: &Connection, book: &BookId) -> Result<u64, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT max(told, coalesce((SELECT max(seq) FROM events WHERE book = id), 0)) FROM books WHERE id = ?1",
    )?;
    let last: Option<i64> = query.query_row([book.as_str()], |row| row.get(0)).optional()?;
    Ok(last.unwrap_or(0).cast_unsigned())
}

/// Reads at most `limit` books with unpublished events.
pub(super) fn unpublished_events(db: &Connection, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT id, told FROM books WHERE EXISTS (SELECT 1 FROM events WHERE book = id AND seq > told) LIMIT ?1",
    )?;
    let rows = query.query_map([limit], |row| {
        let (id, published) = (row.get::<_, String>(0)?, row.get::<_, i64>(1)?);
        Ok(Unpublished { book: BookId::named(&id), published: published.cast_unsigned() })
    })?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Counts the books that are not settled. There is no memory limit, since a file may grow as its disk allows.
pub(super) fn load(db: &Connection) -> Result<Load, StoreError> {
    Ok(Load { open_books: open_books(db)?.len() as u64, memory: None })
}

/// Reads what a step must know about the book's other tasks.
pub(super) fn others(db: &Connection, book: &Book, task: &Task, rules: &Rules) -> Result<Others, StoreError> {
    let except_place = place(task.id);
    let released = released(db, book, except_place)?;
    let places = book.terms.window.saturating_sub(released);
    Ok(Others {
        waiting: waiting(db, book, except_place, places)?,
        released,
        missing: missing(db, book, except_place)?,
        dead: stands(db, &book.id, Standing::Dead, except_place)?,
        // Only an ended task reports what it has released.
        unpublished: if task.standing.missing() { Vec::new() } else { unpublished(db, book, rules)? },
        audit: if task.id == TaskId::Audit { None } else { self::task(db, &book.id, TaskId::Audit)? },
        bind: if task.id == TaskId::Bind { None } else { self::task(db, &book.id, TaskId::Bind)? },
    })
}

fn released(db: &Connection, book: &Book, except: i64) -> Result<u32, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM {BY_STANDING} WHERE book = ?1 AND standing = 'released' AND {IN_WAVES} AND place <> ?2"
    );
    Ok(db.prepare_cached(&sql)?.query_row(params![book.id.as_str(), except], |row| row.get(0))?)
}

/// Reads one waiting chapter even if no place is free, since an empty list means that none is left.
fn waiting(db: &Connection, book: &Book, except: i64, places: u32) -> Result<Vec<Task>, StoreError> {
    let sql = format!(
        "SELECT record FROM {BY_STANDING} WHERE book = ?1 AND standing = 'waiting' AND {IN_WAVES} AND place <> ?2 \
         ORDER BY wave, place LIMIT ?3"
    );
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map(params![book.id.as_str(), except, places.max(1)], json)?;
    rows.map(|row| decode("task", &row?)).collect()
}

fn missing(db: &Connection, book: &Book, except: i64) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {BY_STANDING} WHERE book = ?1 AND standing = ?2 AND wave = ?3 AND {IN_WAVES} AND \
         place <> ?4)"
    );
    let mut query = db.prepare_cached(&sql)?;
    for standing in ["released", "waiting"] {
        if query.query_row(params![book.id.as_str(), standing, book.wave, except], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn stands(db: &Connection, book: &BookId, stand: Standing, except: i64) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {BY_STANDING} WHERE book = ?1 AND standing = ?2 AND {CHAPTERS} AND place <> ?3)"
    );
    Ok(db.prepare_cached(&sql)?.query_row(params![book.as_str(), standing(stand), except], |row| row.get(0))?)
}

fn unpublished(db: &Connection, book: &Book, rules: &Rules) -> Result<Vec<Released>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT record FROM tasks INDEXED BY tasks_owed WHERE book = ?1 AND owed = 1 ORDER BY place LIMIT ?2",
    )?;
    let rows = query.query_map(params![book.id.as_str(), book.terms.window.max(1)], json)?;
    rows.map(|row| Ok(Released::of(book, &decode("task", &row?)?, rules))).collect()
}

/// Reads what is due in a scope, oldest first.
pub(super) fn due(db: &Connection, scope: &Scope, now: Moment, limit: u32) -> Result<Due, StoreError> {
    let only = match scope {
        Scope::All => None,
        Scope::Book(book) => Some(book.as_str()),
    };
    let mut query = db.prepare_cached(
        "SELECT book, place, due FROM tasks WHERE due IS NOT NULL AND (?1 IS NULL OR book = ?1) \
         UNION ALL SELECT id, NULL, deadline FROM books WHERE deadline IS NOT NULL AND (?1 IS NULL OR id = ?1) \
         ORDER BY 3 LIMIT ?2",
    )?;
    let rows = query.query_map(params![only, limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, Moment(row.get::<_, i64>(2)?.cast_unsigned())))
    })?;
    let mut found = Due::default();
    for row in rows {
        let (book, place, at) = row?;
        if at > now {
            found.next = Some(at.since(now));
            break;
        }
        found.items.push(TaskRef { book: BookId::named(&book), task: place.map(named) });
    }
    if found.items.len() == limit as usize {
        found.next = Some(Duration::ZERO);
    }
    Ok(found)
}

fn named(place: i64) -> TaskId {
    match place {
        0 => TaskId::Plan,
        AUDIT => TaskId::Audit,
        BIND => TaskId::Bind,
        place => {
            let chapter = u32::try_from(place & 0xffff_ffff).expect("32 bits hold a chapter's number");
            match u16::try_from(place >> 32).expect("16 bits hold a round") {
                0 => TaskId::Write(chapter),
                round => TaskId::Repair { round, chapter },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use bindery_ledger::sample::{RULES, request};

    use super::*;
    use crate::sqlite::{apply, schema};

    /// Counts SQLite's instructions for the reads of one step on a book with this many chapters.
    fn instructions(chapters: u32) -> u64 {
        let folder = tempfile::tempdir().unwrap();
        let mut db = schema::open(&folder.path().join("books.db")).unwrap();
        let request = request("r", 1);
        let (_, writes) = bindery_ledger::accept(&RULES, Moment(1), &request, None, None);
        apply::writes(&db, &request.book_id(), writes).unwrap();
        let book = book(&db, &request.book_id()).unwrap().unwrap();
        let sql = "INSERT OR REPLACE INTO tasks VALUES (?1, ?2, 0, 'done', 0, NULL, '{}')";
        for chapter in 1..=chapters {
            db.prepare_cached(sql).unwrap().execute(params![book.id.as_str(), chapter]).unwrap();
        }
        let ended = Task { standing: Standing::Done, ..Task::waiting(TaskId::Write(1), 0, 0) };
        let counted = Arc::new(AtomicU64::new(0));
        let count = counted.clone();
        let handler = move || {
            count.fetch_add(1, Ordering::Relaxed);
            false
        };
        db.progress_handler(1, Some(handler)).unwrap();
        others(&db, &book, &ended, &RULES).unwrap();
        counted.load(Ordering::Relaxed)
    }

    #[test]
    fn a_step_reads_no_more_of_a_long_book_than_of_a_short_one() {
        let (short, long) = (instructions(10), instructions(1_000));
        assert!(short > 0 && long < short + 50, "{short} instructions for 10 chapters, {long} for 1,000");
    }

    #[test]
    fn a_record_that_cannot_be_read_hides_no_other_book() {
        let folder = tempfile::tempdir().unwrap();
        let db = schema::open(&folder.path().join("books.db")).unwrap();
        for id in ["sound", "damaged"] {
            let request = request(id, 1);
            let (_, writes) = bindery_ledger::accept(&RULES, Moment(1), &request, None, None);
            apply::writes(&db, &request.book_id(), writes).unwrap();
        }
        let (sound, damaged) = (request("sound", 1).book_id(), request("damaged", 1).book_id());
        db.execute("UPDATE books SET record = '{' WHERE id = ?1", [damaged.as_str()]).unwrap();
        db.execute("UPDATE events SET record = '{' WHERE book = ?1", [sound.as_str()]).unwrap();
        for books in [books(&db), open_books(&db)] {
            let ids: Vec<BookId> = books.unwrap().into_iter().map(|book| book.id).collect();
            assert_eq!(ids, std::slice::from_ref(&sound));
        }
        assert_eq!(load(&db).unwrap().open_books, 1);
        let unreadable = unreadable_books(&db).unwrap();
        assert_eq!(unreadable.into_iter().map(|book| book.id).collect::<Vec<_>>(), [damaged]);
        let events = events(&db, &sound, 0, 10).unwrap();
        assert_eq!((events[0].seq, events[0].what.name()), (1, "unreadable"));
    }

    #[test]
    fn damage_to_the_file_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bindery.db");
        let db = schema::open(&path).unwrap();
        for number in 0..200 {
            let record = "x".repeat(1_000);
            db.execute("INSERT INTO books VALUES (?1, ?2, 0, NULL, 0)", params![number.to_string(), record]).unwrap();
        }
        assert!(faults(&db).unwrap().is_empty());
        drop(db);
        let mut bytes = std::fs::read(&path).unwrap();
        // The first page holds the schema. Without it, the file would not even open.
        bytes[4_096 * 4..4_096 * 30].fill(0xFF);
        std::fs::write(&path, bytes).unwrap();
        let found = faults(&schema::open(&path).unwrap());
        assert!(found.is_err() || found.is_ok_and(|faults| !faults.is_empty()));
    }
}
