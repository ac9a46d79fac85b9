//! Records as JSON, which is how every store keeps them.

use bindery_domain::{BookId, Moment};
use bindery_ledger::{Book, Event, EventKind, Request, VERSION};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{StoreError, UnreadableBook};

/// The part of a book's record that no version may change.
#[derive(Deserialize)]
struct Versioned {
    v: u16,
}

/// Returns a record as JSON.
pub(crate) fn encode(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a record holds only what JSON can say")
}

/// Reads a record.
pub(crate) fn decode<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable { what, cause: error.to_string() })
}

/// Reads a book's record, unless a later version than this program reads has written it.
pub(crate) fn book(json: &str) -> Result<Book, StoreError> {
    let read = decode::<Book>("book", json);
    // If the record cannot be read, its version alone may explain why.
    let version = match &read {
        Ok(book) => Some(book.v),
        Err(_) => decode::<Versioned>("book", json).ok().map(|versioned| versioned.v),
    };
    match version {
        Some(version) if version > VERSION => Err(StoreError::Newer(version)),
        _ => read,
    }
}

/// Reads the request of a book, and the outline that was made from its topic. The outline of a topic stays when a person
/// replaces the request by one with another outline.
pub(crate) fn request(book: &BookId, json: &str, outline: Option<&str>) -> Result<Request, StoreError> {
    let mut request: Request = decode("request", json)?;
    if let Some(outline) = outline.filter(|_| request.order.topic.is_some()) {
        request.order.outline = decode("outline", outline)?;
    }
    Ok(Request { former_id: book.is_former(), ..request })
}

/// A book's record as it is stored.
pub(crate) struct StoredBook {
    pub(crate) id: BookId,
    /// The record, or why the store cannot give it.
    pub(crate) record: Result<String, StoreError>,
}

impl StoredBook {
    fn read(&self) -> Result<Book, StoreError> {
        self.record.as_deref().map_err(Clone::clone).and_then(book)
    }
}

/// Reads books from their records, and leaves out those that it cannot read.
pub(crate) fn books(records: impl IntoIterator<Item = StoredBook>) -> Vec<Book> {
    let read = |stored: StoredBook| {
        stored.read().inspect_err(|error| tracing::warn!(book.id = %stored.id, %error, "a book is left out")).ok()
    };
    records.into_iter().filter_map(read).collect()
}

/// Returns the books that cannot be read from their records.
pub(crate) fn unreadable(records: impl IntoIterator<Item = StoredBook>) -> Vec<UnreadableBook> {
    let unread = |stored: StoredBook| stored.read().err().map(|error| UnreadableBook { id: stored.id, error });
    records.into_iter().filter_map(unread).collect()
}

/// Reads an event. One that cannot be read still has its number, so that those after it are read too.
pub(crate) fn event(seq: u64, json: &str) -> Event {
    let unreadable = |error: StoreError| {
        tracing::warn!(%error, seq, "an event is left out");
        let what = EventKind::Other { kind: "unreadable".to_owned(), detail: error.to_string() };
        Event { seq, at: Moment(0), task: None, edition: 0, what }
    };
    let read = decode::<Event>("event", json).unwrap_or_else(unreadable);
    Event { seq, ..read }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    const RECORDED: &str = include_str!("../../protocol/recorded/v1/book.json");

    #[test]
    fn a_book_of_a_later_version_is_recognised_whatever_else_its_record_holds() {
        let mut newer: Value = serde_json::from_str(RECORDED).unwrap();
        newer["v"] = json!(3);
        let shapes = [newer, json!({"v": 3}), json!({"v": 3, "state": {"printing": Map::new()}})];
        for shape in shapes {
            let read = book(&shape.to_string());
            assert!(matches!(read, Err(StoreError::Newer(3))), "{read:?}");
        }
        let damaged = book("{\"v\": 1}");
        assert!(matches!(damaged, Err(StoreError::Unreadable { .. })), "{damaged:?}");
    }
}
