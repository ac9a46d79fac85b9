//! The events of a book as they happen, as Server-Sent Events.
//!
//! The id of an event is its number with a fingerprint of its content. A store that went back in time, or a book that was deleted
//! and made again, has another event of that number. The listener is then told to forget what it has heard, and hears all events
//! from the first.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{self, KeepAlive, Sse},
};
use bindery_domain::{BookId, Digest, timestamp};
use bindery_ledger::{Event, Texts};
use bindery_store::StoreError;
use futures_util::{Stream, StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{extract::Own, serve::LAST_EVENT_ID, service::Service};

/// The pause between two looks for new events.
const LOOK: Duration = Duration::from_millis(200);

/// How often a stream without events shows that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// The most events that are read at once.
const EVENTS: u32 = 500;

/// The number of digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 8;

/// An event of a book, as a listener hears it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(crate) struct HeardEvent {
    /// The id of the book.
    book: String,
    /// Its number within the book, from 1.
    number: u64,
    /// When it happened, by RFC 3339.
    at: String,
    /// What happened, like `chapter_done`.
    kind: String,
    /// The task that it happened to, like `write/3`; none where it happened to the book itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    /// The chapter that it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<u32>,
    /// The edition of the book at that time.
    edition: u32,
    /// Details for people.
    detail: String,
}

/// The last event that a listener has heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Position {
    number: u64,
    fingerprint: String,
}

impl Position {
    fn of(event: &Event) -> Self {
        let digest = Digest::of_json(event);
        Self { number: event.seq, fingerprint: digest.as_str()[..FINGERPRINT_DIGITS].to_owned() }
    }

    /// Reads the id of an event; `None` where the text is none.
    fn parse(id: &str) -> Option<Self> {
        let (number, fingerprint) = id.split_once('-')?;
        Some(Self { number: number.parse().ok()?, fingerprint: fingerprint.to_owned() })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.number, self.fingerprint)
    }
}

/// Streams the events of a book.
pub(crate) async fn of_book(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let heard = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).and_then(Position::parse);
    let stopping = service.stopping.clone();
    let tail = Tail { service, book: book.id, heard: heard.unwrap_or_default(), ready: VecDeque::new() };
    let events = stream::unfold(Some(tail), async |tail| {
        let mut tail = tail?;
        let heard = tail.next().await;
        let goes_on = !matches!(heard, Heard::Gone);
        Some((Ok(tail.written(heard)), goes_on.then_some(tail)))
    });
    let events = events.take_until(stopping.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}

/// What a listener hears next.
enum Heard {
    /// An event.
    Event(Box<Event>),
    /// The events that it has heard are not those that the store has.
    Reset,
    /// The book was deleted.
    Gone,
}

/// A listener's place among the events of a book.
struct Tail {
    service: Arc<Service>,
    book: BookId,
    heard: Position,
    ready: VecDeque<Event>,
}

impl Tail {
    /// Waits for what is heard next. A store that fails meanwhile is waited for.
    async fn next(&mut self) -> Heard {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.heard = Position::of(&event);
                return Heard::Event(Box::new(event));
            }
            match self.look().await {
                Ok(Some(heard)) => return heard,
                Ok(None) if !self.ready.is_empty() => continue,
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "the events of a book could not be read; they are read again"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Reads the events after the last one that was heard.
    async fn look(&mut self) -> Result<Option<Heard>, StoreError> {
        // The last event that was heard is read again, to see whether the store still has it.
        let mut events = VecDeque::from(
            self.service.ports.store.events(&self.book, self.heard.number.saturating_sub(1), EVENTS).await?,
        );
        if self.heard.number > 0 {
            let is_known = events.front().is_some_and(|first| first.seq == self.heard.number);
            let known = if is_known { events.pop_front() } else { None };
            if known.as_ref().map(Position::of).as_ref() != Some(&self.heard)
                && !self.is_removed(known.as_ref()).await?
            {
                self.heard = Position::default();
                return Ok(Some(Heard::Reset));
            }
        }
        self.ready = events;
        if self.ready.is_empty() && self.service.ports.store.book(&self.book).await?.is_none() {
            return Ok(Some(Heard::Gone));
        }
        Ok(None)
    }

    /// Returns whether the event that was heard last is missing because the events of the book have left the store with its texts.
    async fn is_removed(&self, known: Option<&Event>) -> Result<bool, StoreError> {
        let book = self.service.ports.store.book(&self.book).await?;
        Ok(known.is_none() && book.is_none_or(|book| matches!(book.texts, Texts::Leaving(_) | Texts::Left)))
    }

    /// Writes what is heard as it goes to the listener.
    fn written(&self, heard: Heard) -> sse::Event {
        match heard {
            Heard::Event(event) => {
                let data = serde_json::to_string(&self.shown(&event)).unwrap_or_default();
                sse::Event::default().id(self.heard.to_string()).data(data)
            }
            Heard::Reset => sse::Event::default().event("reset").id("").data("{}"),
            Heard::Gone => sse::Event::default().event("deleted").data("{}"),
        }
    }

    fn shown(&self, event: &Event) -> HeardEvent {
        HeardEvent {
            book: self.book.to_string(),
            number: event.seq,
            at: timestamp(event.at),
            kind: event.what.name().to_owned(),
            task: event.task.map(|task| task.to_string()),
            chapter: event.task.and_then(bindery_domain::TaskId::chapter),
            edition: event.edition,
            detail: event.what.detail(),
        }
    }
}
