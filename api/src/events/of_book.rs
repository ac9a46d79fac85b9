//! The events of one book, and the texts of its sections while models write them.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{self, Sse},
};
use bindery_domain::BookId;
use bindery_ledger::Event;
use bindery_store::StoreError;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    BookMessage, HeardEvent, PAUSE,
    hub::Watching,
    keep_alive,
    position::{Behind, Position, Source},
    texts::{TextMessage, Told, WatchingTexts},
};
use crate::{
    extract::{Called, Own, Search},
    problem::Problem,
    serve::LAST_EVENT_ID,
    service::Service,
};

/// What a listener of a book wants to hear.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Wanted {
    /// Whether it wants the texts of sections while models write them.
    #[serde(default)]
    text: bool,
}

/// Streams the events of a book, and its texts to those who want them.
pub(crate) async fn of_book(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Own(book): Own,
    Search(wanted): Search<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let heard = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).and_then(Position::parse);
    let ends = service.open_stream(&caller)?;
    let watching = service.hub.watch(&book.id);
    let over = CancellationToken::new();
    let texts = wanted.text.then(|| texts_of(service.texts.watch(&book.id), book.id.clone(), over.clone()));
    let heard = heard.unwrap_or_default();
    let tail = Tail { service, book: book.id, heard, ready: VecDeque::new(), watching, _over: over.drop_guard() };
    let events = stream::unfold(Some(tail), async |tail| {
        let mut tail = tail?;
        let heard = tail.next().await;
        let goes_on = !matches!(heard, Heard::Gone);
        Some((Ok(tail.written(heard)), goes_on.then_some(tail)))
    });
    let messages = stream::select(events, stream::iter(texts).flatten());
    Ok(Sse::new(messages.take_until(ends)).keep_alive(keep_alive()))
}

/// Streams the texts of a book until its events are over.
fn texts_of(
    watching: WatchingTexts,
    book: BookId,
    over: CancellationToken,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let told = Told::nothing(book);
    let changes = stream::unfold((watching, told), async |(mut watching, mut told)| {
        let messages = watching.changed(&mut told).await;
        Some((stream::iter(messages.into_iter().map(written)), (watching, told)))
    });
    changes.flatten().map(Ok).take_until(over.cancelled_owned())
}

/// Writes what is heard of a text as it goes to the listener. It has no id: a listener that comes back hears each text from its
/// beginning.
fn written(message: TextMessage) -> sse::Event {
    let (name, message) = match message {
        TextMessage::Text(text) => ("text", BookMessage::Text(text)),
        TextMessage::Ended(ended) => ("text_ended", BookMessage::Ended(ended)),
    };
    sse::Event::default().event(name).data(message.json())
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
    watching: Watching,
    /// Ends the texts together with the events.
    _over: DropGuard,
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
                Ok(None) if self.ready.is_empty() => self.watching.changed().await,
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "the events of a book could not be read; they are read again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Reads the events behind the last one that was heard.
    async fn look(&mut self) -> Result<Option<Heard>, StoreError> {
        let Service { ports, hub, .. } = &*self.service;
        let source = Source { store: &*ports.store, readings: hub.readings(), last: self.watching.last() };
        match self.heard.behind(source, &self.book).await? {
            Behind::Events(events) => {
                self.ready = events;
                Ok(None)
            }
            Behind::Nowhere => {
                self.heard = Position::default();
                Ok(Some(Heard::Reset))
            }
            Behind::Gone => Ok(Some(Heard::Gone)),
        }
    }

    /// Writes what is heard as it goes to the listener.
    fn written(&self, heard: Heard) -> sse::Event {
        match heard {
            Heard::Event(event) => {
                let message = BookMessage::Event(Box::new(HeardEvent::of(&self.book, &event)));
                sse::Event::default().id(self.heard.to_string()).data(message.json())
            }
            Heard::Reset => sse::Event::default().event("reset").id("").data("{}"),
            Heard::Gone => sse::Event::default().event("deleted").data("{}"),
        }
    }
}
