//! The one reader of a process, which looks which books have new events. Listeners sleep until their book has some.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use bindery_domain::BookId;
use bindery_store::{Store, StoreError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::readings::Readings;

/// The pause between two looks for new events.
const LOOK: Duration = Duration::from_millis(50);

/// The pause between two looks for new books, while somebody listens to all of them.
const LOOK_FOR_BOOKS: Duration = Duration::from_millis(250);

/// How long a book that has settled is still looked at for its last events.
const AFTERWARDS: Duration = Duration::from_secs(30);

/// The number of a book's last event before it was looked at.
const UNKNOWN: u64 = u64::MAX;

/// Wakes the listeners of books that have new events.
#[derive(Default)]
pub(crate) struct Hub {
    watched: Mutex<HashMap<BookId, Weak<watch::Sender<u64>>>>,
    open: watch::Sender<Arc<Positions>>,
    readings: Readings,
}

/// The number of the last event of each book that is open or has settled a moment ago.
pub(crate) type Positions = BTreeMap<BookId, Seen>;

/// A book as the reader has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) tenant: String,
    pub(crate) last: u64,
    settled: Option<Instant>,
}

/// A listener's hold on the events of a book.
pub(crate) struct Watching {
    _sender: Arc<watch::Sender<u64>>,
    last: watch::Receiver<u64>,
}

impl Watching {
    /// Waits until the book may have new events.
    pub(crate) async fn changed(&mut self) {
        // The sender lives as long as this.
        let _changed = self.last.changed().await;
    }

    /// Returns the number of the book's last event; `None` where it has not been looked at yet.
    pub(crate) fn last(&self) -> Option<u64> {
        Some(*self.last.borrow()).filter(|last| *last != UNKNOWN)
    }
}

impl Hub {
    /// Begins to watch a book.
    pub(crate) fn watch(&self, book: &BookId) -> Watching {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = watched.get(book).and_then(Weak::upgrade).unwrap_or_else(|| {
            let sender = Arc::new(watch::Sender::new(UNKNOWN));
            watched.insert(book.clone(), Arc::downgrade(&sender));
            sender
        });
        Watching { last: sender.subscribe(), _sender: sender }
    }

    /// Begins to watch all open books.
    pub(crate) fn watch_all(&self) -> watch::Receiver<Arc<Positions>> {
        self.open.subscribe()
    }

    /// Returns what was read of the events of books a moment ago.
    pub(super) fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Looks for new events until the process stops, while anybody listens.
    pub(crate) async fn run(&self, store: &dyn Store, stopping: &CancellationToken) {
        let (mut books, mut listed) = (Positions::new(), None);
        while stopping.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            if self.open.receiver_count() == 0 {
                (books, listed) = (Positions::new(), None);
            }
            if let Err(error) = self.look(store, &mut books, &mut listed).await {
                tracing::debug!(%error, "new events could not be looked for; it is tried again");
            }
        }
    }

    async fn look(
        &self,
        store: &dyn Store,
        books: &mut Positions,
        listed: &mut Option<Instant>,
    ) -> Result<(), StoreError> {
        let all = self.open.receiver_count() > 0;
        if all && listed.is_none_or(|at| at.elapsed() >= LOOK_FOR_BOOKS) {
            list(store, books).await?;
            *listed = Some(Instant::now());
        }
        let watched = self.watched();
        let listened: HashSet<&BookId> = watched.iter().map(|(book, _)| book).collect();
        self.readings.keep(|book| books.contains_key(book) || listened.contains(book));
        let asked: Vec<BookId> = watched.iter().map(|(book, _)| book.clone()).chain(books.keys().cloned()).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let last = store.last_events(&asked).await?;
        for ((_, sender), last) in watched.iter().zip(&last) {
            sender.send_if_modified(|known| std::mem::replace(known, *last) != *last);
        }
        for (seen, last) in books.values_mut().zip(&last[watched.len()..]) {
            seen.last = *last;
        }
        if all {
            self.open.send_if_modified(|known| {
                let is_new = **known != *books;
                if is_new {
                    *known = Arc::new(books.clone());
                }
                is_new
            });
        }
        Ok(())
    }

    /// Returns the books that somebody listens to, and forgets the others.
    fn watched(&self) -> Vec<(BookId, Arc<watch::Sender<u64>>)> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, sender| sender.strong_count() > 0);
        watched.iter().filter_map(|(book, sender)| Some((book.clone(), sender.upgrade()?))).collect()
    }
}

/// Adds the open books, and forgets those that settled some time ago.
async fn list(store: &dyn Store, books: &mut Positions) -> Result<(), StoreError> {
    let open = store.open_books().await?;
    for seen in books.values_mut() {
        seen.settled.get_or_insert_with(Instant::now);
    }
    for book in open {
        let seen = books.entry(book.id).or_insert(Seen { tenant: book.tenant, last: 0, settled: None });
        seen.settled = None;
    }
    books.retain(|_, seen| seen.settled.is_none_or(|at| at.elapsed() < AFTERWARDS));
    Ok(())
}
