//! Indexes across books. They are written beside the books, never in the same step, and corrected from the books themselves.

use bindery_domain::BookId;
use bindery_ledger::{Book, Writes};
use redis::{Cmd, Pipeline};

use super::{
    connect::{Connection, Connections},
    due,
    keys::{self, Keys},
    scripts::{self, Call},
};
use crate::{
    StoreError, Unpublished, UnreadableBook,
    record::{self, StoredBook},
};

/// How many books are looked at in one round trip.
const PAGE: usize = 100;

/// Adds a book to the open ones before its record says so. A crash in between leaves a needless hint, never a missing one.
pub(super) fn open(book: &Book) -> Pipeline {
    let mut pipe = redis::pipe();
    pipe.cmd("ZADD").arg(keys::BOOKS).arg(book.accepted_at.0).arg(book.id.as_str()).ignore();
    pipe.add_command(named("SADD", &book.id)).ignore();
    pipe
}

/// Adds a new book to the open ones if there are fewer than the limit, or if it is one of them already. Returns whether it
/// is one of them now.
///
/// The index of the open books cannot change in one step with a book, which may be on another node of a cluster. So the place
/// is taken first. If the book is then not stored, because its process dies or another one has stored it, the healing gives
/// the place back. The limit may be passed only where a healing finds the name twice before the book is stored. Another
/// book then gets the place, and the first one takes one more.
pub(super) async fn reserve(connection: &mut Connection, book: &Book, limit: u64) -> Result<bool, StoreError> {
    let keys = [keys::OPEN, keys::BOOKS].map(str::to_owned).to_vec();
    let args = [book.id.to_string(), book.accepted_at.0.to_string(), limit.to_string()];
    let call = Call { script: &scripts::RESERVE, keys, args: args.map(String::into_bytes).to_vec() };
    Ok(connection.script::<u8>(&call).await? == 1)
}

/// The hints that a step may have to set.
#[derive(Clone, Copy)]
pub(super) struct Hints {
    /// The book's earliest due time, if it is earlier than before.
    pub(super) due: Option<u64>,
    /// The number of the book's last event, if all earlier events were published.
    pub(super) unpublished: Option<u64>,
    /// Whether the book has settled and must be removed from the open ones.
    pub(super) settled: bool,
}

impl Hints {
    /// Returns the hints that a step may need, as far as they are known before it is applied. A needless hint costs one
    /// look at the book.
    pub(super) fn expected(writes: &Writes, settled: bool, seq: u64) -> Self {
        let own = writes.book.as_ref().and_then(Book::due);
        let due = writes.tasks.iter().filter_map(|task| task.due).chain(own).min();
        let appended = writes.events.len() as u64;
        Self { due: due.map(|due| due.0), unpublished: (appended > 0).then_some(seq + appended), settled }
    }

    /// Returns the hints that are in these and not in the others.
    pub(super) fn beyond(self, hinted: Self) -> Self {
        Self {
            due: self.due.filter(|due| hinted.due.is_none_or(|hinted| hinted > *due)),
            unpublished: self.unpublished.filter(|seq| hinted.unpublished.is_none_or(|hinted| hinted < *seq)),
            settled: self.settled && !hinted.settled,
        }
    }

    /// Returns the commands that set the hints.
    pub(super) fn commands(self, book: &BookId) -> Vec<Cmd> {
        let due = self.due.map(|at| due::set(book, at));
        let settled = self.settled.then(|| named("SREM", book));
        due.into_iter().chain(self.unpublished.map(|seq| unpublished_to(book, seq))).chain(settled).collect()
    }
}

/// Adds a book to the open ones, or removes it.
fn named(change: &str, book: &BookId) -> Cmd {
    redis::cmd(change).arg(keys::OPEN).arg(book.as_str()).to_owned()
}

/// Adds a book to the open ones again after the step that should settle it was not applied, unless another step settled it.
pub(super) async fn name_again(connection: &mut Connection, book: &BookId) -> Result<(), StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("HGET").arg(Keys::of(book).book()).arg("open");
    let (open,): (Option<String>,) = connection.query(&ask).await?;
    if open.as_deref() == Some("1") {
        connection.each::<()>(&[named("SADD", book)]).await?;
    }
    Ok(())
}

/// Sets the hints that are still missing after a step; `opened` is the book if it is new or was reopened. That book is added
/// once more, since another process may have found no such book meanwhile and removed its name.
pub(super) fn follow(id: &BookId, left: Hints, opened: Option<&Book>) -> Pipeline {
    let mut pipe = opened.map_or_else(redis::pipe, open);
    for command in left.commands(id) {
        pipe.add_command(command).ignore();
    }
    pipe
}

/// Removes a deleted book from all indexes.
pub(super) fn forget(book: &BookId) -> Pipeline {
    let mut pipe = redis::pipe();
    pipe.add_command(named("SREM", book)).ignore();
    for index in [keys::BOOKS, keys::DUE, keys::UNPUBLISHED] {
        pipe.cmd("ZREM").arg(index).arg(book.as_str()).ignore();
    }
    pipe
}

/// Reads all books, newest first.
pub(super) async fn books(connections: &Connections) -> Result<Vec<Book>, StoreError> {
    listed(connections).await.map(record::books)
}

/// Returns the books whose records cannot be read.
pub(super) async fn unreadable_books(connections: &Connections) -> Result<Vec<UnreadableBook>, StoreError> {
    listed(connections).await.map(record::unreadable)
}

/// Reads the records of all books, newest first, and removes the names of deleted ones.
async fn listed(connections: &Connections) -> Result<Vec<StoredBook>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("ZRANGE").arg(keys::BOOKS).arg(0).arg(-1).arg("REV");
    let (names,): (Vec<String>,) = connections.query(&ask).await?;
    let mut listed = Vec::new();
    for page in names.chunks(PAGE) {
        let records = records(connections, page).await?;
        let mut drop = redis::pipe();
        for (name, _) in page.iter().zip(&records).filter(|(_, record)| matches!(record, Ok(None))) {
            drop.cmd("ZREM").arg(keys::BOOKS).arg(name).ignore();
        }
        listed.extend(stored(page, records));
        if !drop.is_empty() {
            connections.query::<()>(&drop).await?;
        }
    }
    Ok(listed)
}

/// Reads the open books, and leaves out those that have settled.
pub(super) async fn open_books(connections: &Connections) -> Result<Vec<Book>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("SMEMBERS").arg(keys::OPEN);
    let (names,): (Vec<String>,) = connections.query(&ask).await?;
    let mut books = Vec::new();
    for page in names.chunks(PAGE) {
        books.extend(record::books(stored(page, records(connections, page).await?)));
    }
    books.retain(|book| !book.state.settled());
    Ok(books)
}

/// Counts the missing chapters of these books: those in the window and those that wait for it.
pub(super) async fn missing(connections: &Connections, books: &[BookId]) -> Result<u64, StoreError> {
    let mut missing = 0;
    for page in books.chunks(PAGE) {
        let counts = |book: &BookId| Keys::of(book).missing().map(|key| redis::cmd("ZCARD").arg(key).to_owned());
        let counted: Vec<Result<u64, _>> =
            connections.each_readable(&page.iter().flat_map(counts).collect::<Vec<_>>()).await?;
        missing += counted.into_iter().filter_map(Result::ok).sum::<u64>();
    }
    Ok(missing)
}

/// A book's record; `None` where the book does not exist.
type Record = Result<Option<String>, StoreError>;

/// Reads the records of these books.
async fn records(connections: &Connections, names: &[String]) -> Result<Vec<Record>, StoreError> {
    let ask = |name: &String| record(&BookId::named(name));
    connections.each_readable(&names.iter().map(ask).collect::<Vec<_>>()).await
}

/// Returns the records of those of the named books that exist.
fn stored(names: &[String], records: Vec<Record>) -> impl Iterator<Item = StoredBook> {
    let pairs = names.iter().zip(records);
    pairs.filter_map(|(name, record)| Some(StoredBook { id: BookId::named(name), record: record.transpose()? }))
}

/// Returns the command that reads a book's record.
pub(super) fn record(book: &BookId) -> Cmd {
    let mut ask = redis::cmd("HGET");
    ask.arg(Keys::of(book).book()).arg("record");
    ask
}

fn unpublished_to(book: &BookId, seq: u64) -> Cmd {
    let mut tell = redis::cmd("ZADD");
    tell.arg(keys::UNPUBLISHED).arg("GT").arg(seq).arg(book.as_str());
    tell
}

/// How far a book's events are published.
struct Progress {
    /// The number of its last event.
    last: u64,
    /// The number of its last published event.
    published: u64,
}

/// Reads how far each book's events are published; `None` for each book that does not exist or cannot be read.
async fn progress(connections: &Connections, books: &[BookId]) -> Result<Vec<Option<Progress>>, StoreError> {
    let ask = |book: &BookId| {
        let mut ask = redis::cmd("HMGET");
        ask.arg(Keys::of(book).book()).arg(&["seq", "told"]);
        ask
    };
    type Row = (Option<u64>, Option<u64>);
    let rows: Vec<Result<Row, _>> = connections.each_readable(&books.iter().map(ask).collect::<Vec<_>>()).await?;
    let progress = |row: Result<Row, StoreError>| {
        let (last, published) = row.ok()?;
        Some(Progress { last: last?, published: published.unwrap_or(0) })
    };
    Ok(rows.into_iter().map(progress).collect())
}

/// Returns the number of the last event of each book.
pub(super) async fn last_events(connections: &Connections, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
    let mut last = Vec::with_capacity(books.len());
    for page in books.chunks(PAGE) {
        let found = progress(connections, page).await?;
        last.extend(found.into_iter().map(|progress| progress.map_or(0, |progress| progress.last)));
    }
    Ok(last)
}

/// Returns books with unpublished events, and removes the hints at other books.
pub(super) async fn unpublished(connections: &Connections, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("ZRANGE").arg(keys::UNPUBLISHED).arg(0).arg(i64::from(limit) - 1).arg("WITHSCORES");
    let (hints,): (Vec<(String, u64)>,) = connections.query(&ask).await?;
    if hints.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let books: Vec<BookId> = hints.iter().map(|(name, _)| BookId::named(name)).collect();
    let mut found = Vec::new();
    for ((book, progress), (_, hint)) in books.iter().zip(progress(connections, &books).await?).zip(&hints) {
        match progress {
            Some(Progress { last, published }) if last > published => {
                found.push(Unpublished { book: book.clone(), published });
            }
            _ => drop_unpublished(connections, book, *hint).await?,
        }
    }
    Ok(found)
}

/// Records which events were published, and removes the hint if none is left.
pub(super) async fn mark_published(connections: &Connections, book: &BookId, seq: u64) -> Result<(), StoreError> {
    let args = vec![seq.to_string().into_bytes()];
    let call = Call { script: &scripts::MARK_PUBLISHED, keys: vec![Keys::of(book).book()], args };
    match connections.script::<Option<u64>>(&call).await? {
        Some(last) if last <= seq => drop_unpublished(connections, book, last).await,
        _ => Ok(()),
    }
}

/// Removes a needless hint, which a step that was not applied may have left. That step's next try may hint at the same
/// event between the reading and the removal, so the book is read once more.
async fn drop_unpublished(connections: &Connections, book: &BookId, seen: u64) -> Result<(), StoreError> {
    let args = vec![book.as_str().as_bytes().to_vec(), seen.to_string().into_bytes(), Vec::new()];
    let call = Call { script: &scripts::CORRECT, keys: vec![keys::UNPUBLISHED.to_owned()], args };
    if connections.script::<u8>(&call).await? == 0 {
        return Ok(());
    }
    let progress = progress(connections, std::slice::from_ref(book)).await?;
    if let Some(progress) = progress.into_iter().flatten().find(|progress| progress.last > progress.published) {
        let _added: Vec<u8> = connections.each(&[unpublished_to(book, progress.last)]).await?;
    }
    Ok(())
}
