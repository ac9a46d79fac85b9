//! The events of one book.

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

use super::{
    HeardEvent, PAUSE,
    hub::Watching,
    keep_alive,
    position::{Behind, Position, Source},
};
use crate::{
    extract::{Called, Own},
    problem::Problem,
    serve::LAST_EVENT_ID,
    service::Service,
};

/// Streams the events of a book.
pub(crate) async fn of_book(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Own(book): Own,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let heard = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).and_then(Position::parse);
    let ends = service.open_stream(&caller)?;
    let watching = service.hub.watch(&book.id);
    let tail = Tail { service, book: book.id, heard: heard.unwrap_or_default(), ready: VecDeque::new(), watching };
    let events = stream::unfold(Some(tail), async |tail| {
        let mut tail = tail?;
        let heard = tail.next().await;
        let goes_on = !matches!(heard, Heard::Gone);
        Some((Ok(tail.written(heard)), goes_on.then_some(tail)))
    });
    Ok(Sse::new(events.take_until(ends)).keep_alive(keep_alive()))
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
                sse::Event::default().id(self.heard.to_string()).data(HeardEvent::of(&self.book, &event).json())
            }
            Heard::Reset => sse::Event::default().event("reset").id("").data("{}"),
            Heard::Gone => sse::Event::default().event("deleted").data("{}"),
        }
    }
}
