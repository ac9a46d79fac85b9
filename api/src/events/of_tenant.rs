//! The events of all books of a tenant.
//!
//! The events of different books have no common numbers. The id of a message therefore holds the time of the latest
//! event that was heard. Beside it stand the numbers of the last events of those books that had events shortly before.
//! A listener that comes back hears each event from that time on, without those numbers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    convert::Infallible,
    fmt,
    sync::Arc,
};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{self, Sse},
};
use bindery_commands::Caller;
use bindery_domain::{BookId, Moment};
use bindery_ledger::Event;
use bindery_store::StoreError;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::watch;

use super::{
    HeardEvent, PAUSE,
    hub::Positions,
    keep_alive,
    position::{Behind, Position, Source},
};
use crate::{extract::Called, problem::Problem, serve::LAST_EVENT_ID, service::Service};

/// The longest time from the moment that an event bears until it can be read: a step of the ledger takes its time first and is
/// stored then.
const STORED_WITHIN_MS: u64 = 10_000;

/// The most books whose numbers an id holds. It travels in a header, and proxies take lines of 8 KB.
const MAX_BOOKS: usize = 400;

/// How many digits of a book's id stand in the id of a message. A listener's books are told apart by them; where they are not, an
/// event is rather heard twice than never.
const BOOK_DIGITS: usize = 8;

/// What a listener has heard of the events of its books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cursor {
    /// The time at which the listener began. What happened before is none of its concern.
    from: u64,
    /// The time of the latest event.
    at: u64,
    /// The last events of the books that had some shortly before that time, by the first digits of the books' ids.
    last: BTreeMap<String, LastEvent>,
}

/// The last event that was heard of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastEvent {
    number: u64,
    at: u64,
}

impl Cursor {
    /// Notes that an event was heard.
    fn heard(&mut self, book: &BookId, event: &Event) {
        self.at = self.at.max(event.at.0);
        let digits: String = book.as_str().chars().take(BOOK_DIGITS).collect();
        self.last.insert(digits, LastEvent { number: event.seq, at: event.at.0 });
        let since = self.since();
        self.last.retain(|_, last| last.at >= since);
        while self.last.len() > MAX_BOOKS {
            let oldest = self.last.iter().min_by_key(|(_, last)| last.at).map(|(digits, _)| digits.clone());
            let Some(oldest) = oldest else { break };
            self.last.remove(&oldest);
        }
    }

    /// Returns the last event that was heard of each of these books. Nothing is known of two books with the same first digits.
    fn positions(&self, books: &BTreeSet<&str>) -> BTreeMap<BookId, Position> {
        let numbered = self.last.iter().filter_map(|(digits, last)| {
            let mut named =
                books.range::<&str, _>(digits.as_str()..).take_while(|book| book.starts_with(digits.as_str()));
            let (book, other) = (named.next()?, named.next());
            other.is_none().then(|| (BookId::named(book), Position::numbered(last.number)))
        });
        numbered.collect()
    }

    /// Returns the time before which every event was heard.
    fn since(&self) -> u64 {
        self.at.saturating_sub(STORED_WITHIN_MS).max(self.from)
    }

    /// Reads a cursor; `None` where the text is none.
    fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split('~');
        let (from, at) = pieces.next()?.split_once('.')?;
        let (from, at) = (from.parse().ok()?, at.parse().ok()?);
        let last = pieces.take(MAX_BOOKS).map(|piece| {
            let (digits, number) = piece.split_once('.')?;
            // Earlier programs wrote whole ids.
            let is_id =
                digits.len() >= BOOK_DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
            is_id.then(|| Some((digits.to_owned(), LastEvent { number: number.parse().ok()?, at })))?
        });
        Some(Self { from, at, last: last.collect::<Option<_>>()? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.from, self.at)?;
        self.last.iter().try_for_each(|(digits, last)| write!(f, "~{digits}.{}", last.number))
    }
}

/// Streams the events of all books that the caller sees: from now on, or from the last event that it heard.
pub(crate) async fn of_tenant(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let cursor = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).and_then(Cursor::parse);
    let ends = service.open_stream(&caller)?;
    let positions = service.hub.watch_all();
    let begun = Cursor { from: bindery_store::now().0, ..Cursor::default() };
    let begun = cursor.clone().unwrap_or(begun);
    let mut tail = Tail {
        since: Moment(begun.since()),
        heard: BTreeMap::new(),
        cursor: begun,
        ready: VecDeque::new(),
        service,
        caller,
        positions,
    };
    match cursor {
        Some(cursor) => tail.go_on(&cursor).await?,
        None => tail.begin_now().await?,
    }
    let events = stream::unfold(tail, async |mut tail| {
        let message = tail.next().await;
        Some((Ok(message), tail))
    });
    Ok(Sse::new(events.take_until(ends)).keep_alive(keep_alive()))
}

/// A listener's place among the events of its books.
struct Tail {
    service: Arc<Service>,
    caller: Caller,
    /// The time from which events of books count of which nothing was heard.
    since: Moment,
    heard: BTreeMap<BookId, Position>,
    cursor: Cursor,
    ready: VecDeque<Ready>,
    positions: watch::Receiver<Arc<Positions>>,
}

/// What a listener hears next.
enum Ready {
    Event(BookId, Box<Event>),
    /// What was heard of a book is not what the store has.
    Reset(BookId),
}

impl Tail {
    /// Passes over all events that happened until now.
    async fn begin_now(&mut self) -> Result<(), StoreError> {
        let store = &*self.service.ports.store;
        let open = store.open_books().await?;
        let open: Vec<BookId> = open.into_iter().filter(|book| self.caller.sees(book)).map(|book| book.id).collect();
        let last = store.last_events(&open).await?;
        self.heard = open.into_iter().zip(last.into_iter().map(Position::numbered)).collect();
        Ok(())
    }

    /// Reads what the listener has missed, also of books that have settled meanwhile.
    async fn go_on(&mut self, cursor: &Cursor) -> Result<(), StoreError> {
        let books = self.service.ports.store.books().await?;
        let is_concerned =
            |book: &&bindery_ledger::Book| self.caller.sees(book) && book.settled_at.is_none_or(|at| at >= self.since);
        let missed: Vec<BookId> = books.iter().filter(is_concerned).map(|book| book.id.clone()).collect();
        let seen = books.iter().filter(|book| self.caller.sees(book)).map(|book| book.id.as_str()).collect();
        self.heard = cursor.positions(&seen);
        for book in missed {
            self.read(&book).await?;
        }
        // The events of several books come in the order of time.
        self.ready.make_contiguous().sort_by_key(|ready| match ready {
            Ready::Event(_, event) => event.at,
            Ready::Reset(_) => Moment(0),
        });
        Ok(())
    }

    /// Waits for the next message. A store that fails meanwhile is waited for.
    async fn next(&mut self) -> sse::Event {
        loop {
            match self.ready.pop_front() {
                Some(Ready::Event(book, event)) => {
                    self.cursor.heard(&book, &event);
                    let data = HeardEvent::of(&book, &event).json();
                    return sse::Event::default().id(self.cursor.to_string()).data(data);
                }
                Some(Ready::Reset(book)) => {
                    let data = serde_json::json!({"book": book}).to_string();
                    return sse::Event::default().event("reset").data(data);
                }
                None => {}
            }
            if let Err(error) = self.look().await {
                tracing::debug!(%error, "the events of a tenant could not be read; they are read again");
                self.positions.mark_changed();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Waits until books have new events, and reads those of the caller's books.
    async fn look(&mut self) -> Result<(), StoreError> {
        // The hub lives as long as the service.
        let _changed = self.positions.changed().await;
        let positions = self.positions.borrow_and_update().clone();
        let sees = |tenant: &str| self.caller.tenant.as_deref().is_none_or(|own| own == tenant);
        let is_new = |book: &BookId, last: u64| self.heard.get(book).is_none_or(|heard| heard.number != last);
        let own = positions.iter().filter(|(book, seen)| sees(&seen.tenant) && is_new(book, seen.last));
        let own: Vec<BookId> = own.map(|(book, _)| book.clone()).collect();
        for book in own {
            self.read(&book).await?;
        }
        Ok(())
    }

    /// Reads all events of a book behind the last one that was heard of it.
    async fn read(&mut self, book: &BookId) -> Result<(), StoreError> {
        let is_first = !self.heard.contains_key(book);
        let last = self.positions.borrow().get(book).map(|seen| seen.last);
        let Service { ports, hub, .. } = &*self.service;
        loop {
            let heard = self.heard.entry(book.clone()).or_default();
            let source = Source { store: &*ports.store, readings: hub.readings(), last };
            let events = match heard.behind(source, book).await? {
                Behind::Events(events) => events,
                Behind::Gone => return Ok(()),
                Behind::Nowhere => {
                    *heard = Position::default();
                    self.ready.push_back(Ready::Reset(book.clone()));
                    continue;
                }
            };
            let Some(last) = events.back() else { return Ok(()) };
            *heard = Position::of(last);
            let counts = |event: &Event| !is_first || event.at >= self.since;
            self.ready
                .extend(events.into_iter().filter(counts).map(|event| Ready::Event(book.clone(), Box::new(event))));
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_ledger::EventKind;

    use super::*;

    fn event(seq: u64, at: u64) -> Event {
        Event { seq, at: Moment(at), task: None, edition: 1, what: EventKind::Started }
    }

    fn names(books: &[BookId]) -> BTreeSet<&str> {
        books.iter().map(BookId::as_str).collect()
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_forgets_what_is_long_past() {
        let books = [BookId::of("a", "1"), BookId::of("a", "2")];
        let [old, new] = &books;
        let mut cursor = Cursor::default();
        cursor.heard(old, &event(7, 1_000));
        cursor.heard(new, &event(3, 5_000));
        let read = Cursor::parse(&cursor.to_string()).unwrap();
        assert_eq!(read.at, 5_000);
        assert_eq!(
            read.positions(&names(&books)),
            BTreeMap::from([(old.clone(), Position::numbered(7)), (new.clone(), Position::numbered(3))])
        );
        cursor.heard(new, &event(4, 20_000));
        assert_eq!(cursor.to_string(), format!("0.20000~{}.4", &new.as_str()[..8]));
        let whole = Cursor::parse(&format!("0.20000~{new}.4")).unwrap();
        assert_eq!(whole.positions(&names(&books)), BTreeMap::from([(new.clone(), Position::numbered(4))]));
        assert_eq!(
            Cursor { from: 15_000, ..cursor }.since(),
            15_000,
            "what happened before it began counts for nothing"
        );
        for text in ["", "x", "1", "0.1~y", "0.1~../../x.1", "0.1~abc.1", &format!("0.1~{new}.x")] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_heard_of_hundreds_of_books_at_once_is_not_heard_again() {
        let books: Vec<BookId> = (0..300).map(|number| BookId::of("a", &number.to_string())).collect();
        let mut cursor = Cursor::default();
        books.iter().for_each(|book| cursor.heard(book, &event(2, 5_000)));
        let heard = Cursor::parse(&cursor.to_string()).unwrap().positions(&names(&books));
        assert_eq!(heard, books.iter().map(|book| (book.clone(), Position::numbered(2))).collect());
    }

    #[test]
    fn of_two_books_whose_first_digits_are_the_same_nothing_counts_as_heard() {
        let books = ["0123456789abcdef", "01234567ffffffff"].map(BookId::named);
        let mut cursor = Cursor::default();
        cursor.heard(&books[0], &event(2, 5_000));
        assert_eq!(cursor.positions(&names(&books)), BTreeMap::new());
        assert_eq!(cursor.positions(&names(&books[..1])).len(), 1);
    }

    #[test]
    fn a_cursor_fits_into_a_header_however_many_books_there_are() {
        let mut cursor = Cursor::default();
        for number in 0..1_000 {
            cursor.heard(&BookId::of("a", &number.to_string()), &event(9_999, 5_000 + number));
        }
        assert!(cursor.to_string().len() < 6_000, "{}", cursor.to_string().len());
    }
}
