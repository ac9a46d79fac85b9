//! Telling listeners what becomes of books: every public event of the ledger is published until it is confirmed.

use std::time::Duration;

use bindery_domain::{BookId, timestamp};
use bindery_ledger::{Book, Event};
use bindery_protocol::{
    book_event::{BookEvent, BookEventFile, public},
    submission::CloudEvent,
};
use bindery_queue::{Destination, QueueError};
use bindery_runtime::Ports;
use bindery_store::StoreError;
use futures_util::future::try_join_all;
use tokio_util::sync::CancellationToken;

use crate::leader_lock;

/// How often is looked for events that nobody was told of: the most that an event is late.
const TICK: Duration = Duration::from_millis(250);

/// Books looked at at once.
const BOOKS: u32 = 100;

/// Events of one book read at once.
const EVENTS: u32 = 500;

/// Tells of events until told to stop. One process at a time does; what is told twice has the same id.
pub async fn run(ports: Ports, holder: String, shutdown: CancellationToken) {
    // A round may be left at any point: what it has not told is told again.
    let _stopped = shutdown
        .run_until_cancelled(async {
            let mut left = 0;
            loop {
                match round(&ports, &holder, BOOKS.saturating_add(left)).await {
                    Ok(newer) => left = newer,
                    Err(error) => tracing::warn!(%error, "listeners could not be told of events; trying again"),
                }
                tokio::time::sleep(TICK).await;
            }
        })
        .await;
}

/// Why events could not be told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Tells of events of at most so many books. Returns how many of them are left to a newer program: they stay untold and
/// may come first again, so the next round is as much wider.
async fn round(ports: &Ports, holder: &str, books: u32) -> Result<u32, Untold> {
    let mut left = 0;
    if !leader_lock::take(ports, "herald", holder).await? {
        return Ok(left);
    }
    for (book, told) in ports.store.unpublished_events(books).await? {
        match tell(ports, &book, told).await {
            Err(Untold::Store(StoreError::Newer(_))) => left += 1,
            told => told?,
        }
    }
    Ok(left)
}

async fn tell(ports: &Ports, id: &BookId, told: u64) -> Result<(), Untold> {
    let Some(book) = ports.store.book(id).await? else { return Ok(()) };
    let events = ports.store.events(id, told, EVENTS).await?;
    let Some(last) = events.last().map(|event| event.seq) else { return Ok(()) };
    let news: Vec<_> = events.iter().filter_map(|event| Some((event, public(&event.what)?))).collect();
    let chapter = |(event, _): &(&Event, &str)| event.task.is_some_and(|task| task.chapter().is_some());
    // News of chapters go out together. News of the book wait until those before them are confirmed, and nothing passes them.
    for together in news.chunk_by(|one, next| chapter(one) && chapter(next)) {
        try_join_all(together.iter().map(|(event, name)| publish(ports, &book, event, name))).await?;
    }
    Ok(ports.store.mark_events_published(id, last).await?)
}

async fn publish(ports: &Ports, book: &Book, event: &Event, name: &str) -> Result<(), QueueError> {
    let address = Destination::Topic(format!("book.{name}.{}", book.tenant));
    let mut message = news(book, event, name).message();
    if let Some(trace) = book.trace {
        message.set_trace_parent(trace);
    }
    ports.queue.publish(&address, message).await
}

/// Names an event: the same whenever it is told, and no other's, also not of a book that was deleted and made again.
fn id(book: &Book, event: &Event) -> String {
    format!("{}:{}:{}", book.id, book.accepted_at.0, event.seq)
}

fn news(book: &Book, event: &Event, name: &str) -> CloudEvent<BookEvent> {
    let bound = book.binding.iter().filter(|_| name == "completed").flat_map(|binding| &binding.files);
    let files = bound.map(|file| BookEventFile {
        format: file.format.clone(),
        digest: file.digest.to_string(),
        bytes: file.bytes,
        url: file.url.clone(),
    });
    let data = BookEvent {
        book: book.id.to_string(),
        request_id: book.request_id.clone(),
        title: book.title.clone(),
        edition: event.edition,
        chapter: event.task.and_then(|task| task.chapter()),
        detail: event.what.detail(),
        files: files.collect(),
        cost_usd: (book.money.spent + book.money.unknown).0 as f64 / 1e6,
    };
    CloudEvent {
        subject: Some(book.id.to_string()),
        time: Some(timestamp(event.at)),
        ..CloudEvent::new(format!("bindery.book.{name}.v1"), id(book, event), data)
    }
}
