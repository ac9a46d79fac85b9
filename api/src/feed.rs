//! The changes of all books of a caller, as Server-Sent Events.

use std::{
    collections::{HashMap, VecDeque},
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
    books: Arc<Vec<Seen>>,
}

/// A book with what a list says of it, as JSON.
struct Seen {
    book: Book,
    shown: String,
}

impl Feed {
    async fn read(&self, service: &Service) -> Result<Arc<Vec<Seen>>, StoreError> {
        let mut latest = self.latest.lock().await;
        if let Some(reading) = latest.as_ref().filter(|reading| reading.at.elapsed() < LOOK) {
            return Ok(reading.books.clone());
        }
        let at = Instant::now();
        let mut books = Vec::new();
        for book in service.ports.store.books().await? {
            let shown = serde_json::to_string(&listed(service, &book).await?).unwrap_or_default();
            books.push(Seen { book, shown });
        }
        let books = Arc::new(books);
        *latest = Some(Reading { at, books: books.clone() });
        Ok(books)
    }
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
    fn compare(&mut self, books: &[Seen]) {
        let mut gone = std::mem::take(&mut self.known);
        for Seen { book, shown } in books.iter().filter(|seen| self.caller.sees(&seen.book)) {
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
