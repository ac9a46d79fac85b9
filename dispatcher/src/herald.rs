//! Telling listeners what becomes of books: every public event of the ledger is published until it is confirmed.

use std::time::Duration;

use bindery_shared::{
    book::{date::timestamp, id::BookId},
    consume::Ports,
    ledger::{Book, Event},
    queue::{Address, QueueError},
    store::StoreError,
    submission::CloudEvent,
};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::post;

/// How often is looked for events that nobody was told of: the most that an event is late.
const TICK: Duration = Duration::from_millis(250);

/// Books looked at at once.
const BOOKS: u32 = 100;

/// Events of one book read at once.
const EVENTS: u32 = 500;

/// What listeners are told of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct News {
    /// The book's id.
    pub book: String,
    /// The sender's name for it.
    pub request_id: String,
    /// Its title.
    pub title: String,
    /// How often it was reopened after it had settled, from 1.
    pub edition: u32,
    /// The chapter it is about, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<u32>,
    /// Details for people: a reason, or the length of a chapter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The bound files, once there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<NewsFile>,
    /// What the book has cost so far, in US dollars.
    pub cost_usd: f64,
}

/// A bound file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NewsFile {
    /// The format, as a file extension.
    pub format: String,
    /// The SHA-256 of its bytes, which is also part of its name in the store of files.
    pub digest: String,
    /// Their number.
    pub bytes: u64,
    /// Where it is stored.
    pub url: String,
}

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
    if !post::take(ports, "herald", holder).await? {
        return Ok(left);
    }
    for (book, told) in ports.store.untold(books).await? {
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
    let news: Vec<_> = events.iter().filter_map(|event| Some((event, public(&event.kind)?))).collect();
    let chapter = |(event, _): &(&Event, &str)| event.task.is_some_and(|task| task.chapter().is_some());
    // News of chapters go out together. News of the book wait until those before them are confirmed, and nothing passes them.
    for together in news.chunk_by(|one, next| chapter(one) && chapter(next)) {
        try_join_all(together.iter().map(|(event, name)| publish(ports, &book, event, name))).await?;
    }
    Ok(ports.store.told(id, last).await?)
}

async fn publish(ports: &Ports, book: &Book, event: &Event, name: &str) -> Result<(), QueueError> {
    let address = Address::Topic(format!("book.{name}.{}", book.tenant));
    let mut message = news(book, event, name).message();
    if let Some(trace) = book.trace {
        trace.onto(&mut message);
    }
    ports.queue.publish(&address, message).await
}

/// The events that listeners are told of: the ledger's name and the public one.
pub const PUBLIC: [(&str, &str); 8] = [
    ("accepted", "accepted"),
    ("planned", "planned"),
    ("chapter_done", "chapter_done"),
    ("chapter_dead", "chapter_failed"),
    ("held", "held"),
    ("done", "completed"),
    ("failed", "failed"),
    ("cancelled", "cancelled"),
];

/// Returns the public name of an event; none for those that are the ledger's own.
fn public(kind: &str) -> Option<&'static str> {
    PUBLIC.iter().find(|(own, _)| *own == kind).map(|(_, name)| *name)
}

/// Names an event: the same whenever it is told, and no other's, also not of a book that was deleted and made again.
fn id(book: &Book, event: &Event) -> String {
    format!("{}:{}:{}", book.id, book.accepted_at.0, event.seq)
}

fn news(book: &Book, event: &Event, name: &str) -> CloudEvent<News> {
    let bound = book.binding.iter().filter(|_| name == "completed").flat_map(|binding| &binding.files);
    let files = bound.map(|file| NewsFile {
        format: file.format.clone(),
        digest: file.digest.to_string(),
        bytes: file.bytes,
        url: file.url.clone(),
    });
    let data = News {
        book: book.id.to_string(),
        request_id: book.request_id.clone(),
        title: book.title.clone(),
        edition: event.edition,
        chapter: event.task.and_then(|task| task.chapter()),
        detail: event.detail.clone(),
        files: files.collect(),
        cost_usd: (book.money.spent + book.money.unknown).0 as f64 / 1e6,
    };
    CloudEvent {
        subject: Some(book.id.to_string()),
        time: Some(timestamp(event.at)),
        ..CloudEvent::new(format!("bindery.book.{name}.v1"), id(book, event), data)
    }
}
