//! What was read of the events of books a moment ago. All listeners of a book wake up at once, and share one reading of the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bindery_domain::BookId;
use bindery_ledger::Event;
use bindery_store::{Store, StoreError};

/// The most events that are read at once.
const EVENTS: u32 = 500;

/// The last reading of each book that somebody listens to.
#[derive(Default)]
pub(crate) struct Readings {
    of: Mutex<HashMap<BookId, Arc<tokio::sync::Mutex<Option<Reading>>>>>,
}

/// The events of a book behind a number, as they were read while `last` was the number of the last one.
struct Reading {
    behind: u64,
    last: u64,
    events: Arc<Vec<Event>>,
}

impl Readings {
    /// Returns events of a book behind a number. `last` is the number of the book's last event, as the reader of the process has seen
    /// it; `None` where it has not looked yet. A reading counts until the reader sees another number.
    pub(super) async fn behind(
        &self,
        store: &dyn Store,
        book: &BookId,
        behind: u64,
        last: Option<u64>,
    ) -> Result<Arc<Vec<Event>>, StoreError> {
        let Some(last) = last else { return Ok(Arc::new(store.events(book, behind, EVENTS).await?)) };
        let place = self.of.lock().unwrap_or_else(PoisonError::into_inner).entry(book.clone()).or_default().clone();
        let mut reading = place.lock().await;
        if let Some(known) = reading.as_ref().filter(|known| known.behind == behind && known.last == last) {
            return Ok(known.events.clone());
        }
        let events = Arc::new(store.events(book, behind, EVENTS).await?);
        *reading = Some(Reading { behind, last, events: events.clone() });
        Ok(events)
    }

    /// Forgets the readings of all other books.
    pub(super) fn keep(&self, is_kept: impl Fn(&BookId) -> bool) {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).retain(|book, _| is_kept(book));
    }
}

#[cfg(test)]
mod tests;
