//! The changes of all books of a caller, as Server-Sent Events.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::State,
    response::sse::{self, KeepAlive, Sse},
};
use bindery_commands::Caller;
use bindery_domain::BookId;
use bindery_ledger::Book;
use bindery_store::StoreError;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::{sync::Mutex, time::Instant};

use crate::{books::listed, extract::Called, problem::Problem, service::Service};

/// The pause between two looks at the books.
const LOOK: Duration = Duration::from_secs(1);

/// The pause between two readings of all books. They find a book that was accepted and has settled between two looks.
const LOOK_AT_ALL: Duration = Duration::from_secs(60);

/// The number of an open book's last event, which nobody asks for.
const UNKNOWN: u64 = u64::MAX;

/// How often a stream without events shows that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// The books as they were read last. All listeners of a process share a reading, so that many cost the store no more than one.
#[derive(Default)]
pub(crate) struct Feed {
    latest: Mutex<Option<Reading>>,
}

#[derive(Clone)]
struct Reading {
    at: Instant,
    /// When all books were read.
    all_at: Instant,
    books: Arc<Vec<Arc<Seen>>>,
}

/// A book with what a list says of it, as JSON.
struct Seen {
    book: Book,
    /// The number of its last event.
    last: u64,
    shown: String,
}

impl Seen {
    async fn of(service: &Service, book: Book, last: u64) -> Result<Arc<Self>, StoreError> {
        let shown = serde_json::to_string(&listed(service, &book).await?).unwrap_or_default();
        Ok(Arc::new(Self { book, last, shown }))
    }
}

impl Feed {
    async fn read(&self, service: &Service) -> Result<Arc<Vec<Arc<Seen>>>, StoreError> {
        let mut latest = self.latest.lock().await;
        if let Some(reading) = latest.as_ref().filter(|reading| reading.at.elapsed() < LOOK) {
            return Ok(reading.books.clone());
        }
        let at = Instant::now();
        let former = latest.as_ref().filter(|reading| reading.all_at.elapsed() < LOOK_AT_ALL);
        let (books, all_at) = match former {
            Some(former) => (since(service, &former.books).await?, former.all_at),
            None => (all(service).await?, at),
        };
        let books = Arc::new(books);
        *latest = Some(Reading { at, all_at, books: books.clone() });
        Ok(books)
    }
}

/// Reads all books.
async fn all(service: &Service) -> Result<Vec<Arc<Seen>>, StoreError> {
    let store = &*service.ports.store;
    let books = store.books().await?;
    let ids: Vec<BookId> = books.iter().map(|book| book.id.clone()).collect();
    let mut seen = Vec::with_capacity(books.len());
    for (book, last) in books.into_iter().zip(store.last_events(&ids).await?) {
        seen.push(Seen::of(service, book, last).await?);
    }
    Ok(seen)
}

/// Reads the open books, and of the others those that have another last event than before. What is read of a settled book costs
/// more than to ask for the number of its last event.
async fn since(service: &Service, former: &[Arc<Seen>]) -> Result<Vec<Arc<Seen>>, StoreError> {
    let store = &*service.ports.store;
    let (mut seen, mut open) = (Vec::with_capacity(former.len()), HashSet::new());
    for book in store.open_books().await? {
        open.insert(book.id.clone());
        seen.push(Seen::of(service, book, UNKNOWN).await?);
    }
    let others: Vec<&Arc<Seen>> = former.iter().filter(|seen| !open.contains(&seen.book.id)).collect();
    let ids: Vec<BookId> = others.iter().map(|seen| seen.book.id.clone()).collect();
    for (former, last) in others.into_iter().zip(store.last_events(&ids).await?) {
        // A book that is gone has no event.
        if last != 0 && former.last == last && former.book.state.settled() {
            seen.push(former.clone());
        } else if let Some(book) = store.book(&former.book.id).await? {
            seen.push(Seen::of(service, book, last).await?);
        }
    }
    Ok(seen)
}

/// Streams the books of the caller that change from now on.
pub(crate) async fn of_all(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let ends = service.open_stream(&caller)?;
    // The books are read before the answer begins. A list that is asked for afterwards is therefore never older.
    let mut listener = Listener { caller, known: HashMap::new(), ready: VecDeque::new() };
    listener.compare(&service.feed.read(&service).await?);
    listener.ready.clear();
    let events = stream::unfold((service, listener), async |(service, mut listener)| {
        let event = listener.next(&service).await;
        Some((Ok(event), (service, listener)))
    });
    Ok(Sse::new(events.take_until(ends)).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// What a listener knows of its books.
struct Listener {
    caller: Caller,
    known: HashMap<BookId, String>,
    ready: VecDeque<sse::Event>,
}

impl Listener {
    /// Waits for the next change. A store that fails meanwhile is waited for.
    async fn next(&mut self, service: &Service) -> sse::Event {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            tokio::time::sleep(LOOK).await;
            match service.feed.read(service).await {
                Ok(books) => self.compare(&books),
                Err(error) => tracing::debug!(%error, "the books could not be read; they are read again"),
            }
        }
    }

    /// Makes an event of each book that is not as the listener knows it.
    fn compare(&mut self, books: &[Arc<Seen>]) {
        let mut gone = std::mem::take(&mut self.known);
        for seen in books.iter().filter(|seen| self.caller.sees(&seen.book)) {
            let Seen { book, shown, .. } = &**seen;
            if gone.remove(&book.id).as_ref() != Some(shown) {
                self.ready.push_back(sse::Event::default().data(shown));
            }
            self.known.insert(book.id.clone(), shown.clone());
        }
        let deleted = gone.into_keys().map(|id| {
            let data = serde_json::json!({ "id": id }).to_string();
            sse::Event::default().event("deleted").data(data)
        });
        self.ready.extend(deleted);
    }
}
