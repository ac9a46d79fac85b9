//! Healing: the indexes across books are compared with the books themselves, a bounded part at a time.

use std::time::{Duration, Instant};

use bindery_domain::BookId;

use super::{
    apply::millis,
    connect::Connections,
    due::{self, Scored},
    hints::{self, Hints},
    keys::{self, Keys},
};
use crate::{
    StoreError,
    record::{self, StoredBook},
};

/// How many names one reply of a scan should have.
const PAGE: usize = 100;

/// How many pages are checked before other commands get their turn.
const PAGES: usize = 10;

/// How long an index may disagree with a book before that counts as an error, since it is written after the book.
const SETTLE: Duration = Duration::from_millis(100);

/// An index that names books.
#[derive(Clone, Copy)]
struct Index {
    key: &'static str,
    /// The command that scans it.
    scan: &'static str,
    /// How many texts of a scan belong to one book: a sorted set's names come with their scores.
    texts: usize,
}

/// The indexes. Entries lost from one are found through the other.
const INDEXES: [Index; 2] =
    [Index { key: keys::OPEN, scan: "SSCAN", texts: 1 }, Index { key: keys::BOOKS, scan: "ZSCAN", texts: 2 }];

/// The progress of the healing.
pub(super) struct Healer {
    begun: Instant,
    /// The index and the cursor within it; `None` between two rounds.
    at: Option<(usize, u64)>,
}

impl Healer {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), at: None }
    }

    /// Checks the next few books if a round is running or due; returns how many entries it has corrected.
    pub(super) async fn go_on(&mut self, connections: &Connections, every: Duration) -> Result<u32, StoreError> {
        if self.at.is_none() && self.begun.elapsed() >= every {
            (self.begun, self.at) = (Instant::now(), Some((0, 0)));
        }
        let mut healed = 0;
        for _ in 0..PAGES {
            let Some((index, cursor)) = self.at else { break };
            let Page { next, books } = scan(connections, INDEXES[index], cursor).await?;
            healed += heal(connections, &books).await?;
            self.at = match next {
                0 if index + 1 == INDEXES.len() => None,
                0 => Some((index + 1, 0)),
                next => Some((index, next)),
            };
        }
        Ok(healed)
    }
}

/// Some books of an index.
struct Page {
    /// The cursor of the next page; 0 where this is the last one.
    next: u64,
    books: Vec<BookId>,
}

async fn scan(connections: &Connections, index: Index, cursor: u64) -> Result<Page, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd(index.scan).arg(index.key).arg(cursor).arg("COUNT").arg(PAGE);
    let ((next, found),): ((u64, Vec<String>),) = connections.query(&ask).await?;
    Ok(Page { next, books: found.iter().step_by(index.texts).map(|name| BookId::named(name)).collect() })
}

/// Corrects the index entries of some books; returns how many were wrong. A disagreement is checked again before it
/// counts, since a step may have written its book and not its hints yet.
pub(super) async fn heal(connections: &Connections, books: &[BookId]) -> Result<u32, StoreError> {
    let suspects = look(connections, books).await?.into_iter().filter(Seen::is_wrong);
    let suspects: Vec<BookId> = suspects.map(|seen| seen.book).collect();
    if suspects.is_empty() {
        return Ok(0);
    }
    tokio::time::sleep(SETTLE).await;
    let wrong = look(connections, &suspects).await?.into_iter().filter(Seen::is_wrong).collect::<Vec<_>>();
    let mut healed = 0;
    for seen in &wrong {
        healed += seen.put_right(connections).await?;
    }
    // If a book was reopened while its name was removed, this check or the reopening step adds the name again.
    let removed = wrong.iter().filter(|seen| seen.too_many()).map(|seen| seen.book.clone()).collect::<Vec<_>>();
    for seen in look(connections, &removed).await?.iter().filter(|seen| seen.is_wrong()) {
        seen.put_right(connections).await?;
    }
    Ok(healed)
}

/// A book, and what the indexes say about it.
struct Seen {
    book: BookId,
    /// `None` where the book does not exist.
    truth: Option<Truth>,
    open: bool,
    listed: bool,
    due: Option<u64>,
    unpublished: bool,
}

struct Truth {
    open: bool,
    unpublished: Option<u64>,
    due: Option<u64>,
}

impl Seen {
    fn is_wrong(&self) -> bool {
        self.too_many()
            || self.misses_open()
            || self.misses_list()
            || self.misses_due().is_some()
            || self.misses_unpublished().is_some()
    }

    /// Returns whether an index names the book as open or as existing although it is not.
    fn too_many(&self) -> bool {
        match &self.truth {
            Some(truth) => self.open && !truth.open,
            None => self.open || self.listed,
        }
    }

    fn misses_open(&self) -> bool {
        !self.open && self.truth.as_ref().is_some_and(|truth| truth.open)
    }

    fn misses_list(&self) -> bool {
        !self.listed && self.truth.is_some()
    }

    fn misses_due(&self) -> Option<u64> {
        let due = self.truth.as_ref()?.due?;
        self.due.is_none_or(|hint| hint > due).then_some(due)
    }

    fn misses_unpublished(&self) -> Option<u64> {
        self.truth.as_ref()?.unpublished.filter(|_| !self.unpublished)
    }

    /// Corrects the wrong entries, and returns how many there were.
    async fn put_right(&self, connections: &Connections) -> Result<u32, StoreError> {
        let (mut pipe, name) = (redis::pipe(), self.book.as_str());
        if self.open && self.too_many() {
            pipe.cmd("SREM").arg(keys::OPEN).arg(name).ignore();
        }
        if self.listed && self.truth.is_none() {
            pipe.cmd("ZREM").arg(keys::BOOKS).arg(name).ignore();
        }
        if self.misses_open() {
            pipe.cmd("SADD").arg(keys::OPEN).arg(name).ignore();
        }
        if self.misses_list() {
            let records: Vec<Result<Option<String>, _>> =
                connections.each_readable(&[hints::record(&self.book)]).await?;
            let stored = records.into_iter().filter_map(Result::transpose);
            for book in record::books(stored.map(|record| StoredBook { id: self.book.clone(), record })) {
                pipe.cmd("ZADD").arg(keys::BOOKS).arg(book.accepted_at.0).arg(name).ignore();
            }
        }
        for command in (Hints { due: self.misses_due(), unpublished: self.misses_unpublished(), settled: false })
            .commands(&self.book)
        {
            pipe.add_command(command).ignore();
        }
        if !pipe.is_empty() {
            connections.query::<()>(&pipe).await?;
        }
        Ok(u32::try_from(pipe.len()).expect("a book has a handful of entries"))
    }
}

/// Reads some books, and what the indexes say about them.
async fn look(connections: &Connections, books: &[BookId]) -> Result<Vec<Seen>, StoreError> {
    if books.is_empty() {
        return Ok(Vec::new());
    }
    type Index = (Vec<bool>, Vec<Option<f64>>, Vec<Option<f64>>, Vec<Option<f64>>);
    let names: Vec<&str> = books.iter().map(BookId::as_str).collect();
    let mut ask = redis::pipe();
    ask.cmd("SMISMEMBER").arg(keys::OPEN).arg(&names);
    for index in [keys::BOOKS, keys::DUE, keys::UNPUBLISHED] {
        ask.cmd("ZMSCORE").arg(index).arg(&names);
    }
    let (open, listed, due, unpublished): Index = connections.query(&ask).await?;
    let truths = truths(connections, books).await?;
    let seen = books.iter().zip(truths).enumerate().filter_map(|(nth, (book, truth))| {
        Some(Seen {
            book: book.clone(),
            // Nothing is known of a book whose keys have another type than they should have.
            truth: truth.ok()?,
            open: open[nth],
            listed: listed[nth].is_some(),
            due: due[nth].map(millis),
            unpublished: unpublished[nth].is_some(),
        })
    });
    Ok(seen.collect())
}

/// Whether a book is open, the number of its last event, and the number of its last published event.
type State = (Option<u8>, Option<u64>, Option<u64>);

async fn truths(
    connections: &Connections,
    books: &[BookId],
) -> Result<Vec<Result<Option<Truth>, StoreError>>, StoreError> {
    let state = |book: &BookId| {
        let mut ask = redis::cmd("HMGET");
        ask.arg(Keys::of(book).book()).arg(&["open", "seq", "told"]);
        ask
    };
    let states: Vec<Result<State, _>> = connections.each_readable(&books.iter().map(state).collect::<Vec<_>>()).await?;
    let first = |book: &BookId| due::first(book, 0);
    let lists: Vec<Result<Scored, _>> = connections.each_readable(&books.iter().map(first).collect::<Vec<_>>()).await?;
    let truth = |(state, list): (Result<State, StoreError>, Result<Scored, StoreError>)| {
        let ((open, seq, published), list) = (state?, list?);
        let (seq, published) = (seq.unwrap_or(0), published.unwrap_or(0));
        let due = list.first().map(|(_, at)| millis(*at));
        let truth = |open| Truth { open: open == 1, unpublished: (seq > published).then_some(seq), due };
        Ok(open.map(truth))
    };
    Ok(states.into_iter().zip(lists).map(truth).collect())
}
