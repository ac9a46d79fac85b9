//! A place among the events of a book.
//!
//! It holds the number of an event and a fingerprint of its content. A store that went back in time, or a book that was deleted and
//! made again, has another event of that number.

use std::{collections::VecDeque, fmt};

use bindery_domain::{BookId, Digest};
use bindery_ledger::{Event, Texts};
use bindery_store::{Store, StoreError};

/// The most events that are read at once.
const EVENTS: u32 = 500;

/// The number of digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 8;

/// The last event that a listener has heard of a book; number 0 where it has heard none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) number: u64,
    /// Empty where only the number is known.
    fingerprint: String,
}

/// What the store has behind a position.
pub(super) enum Behind {
    /// The next events.
    Events(VecDeque<Event>),
    /// The store does not have the event of this position, or it has another one.
    Nowhere,
}

impl Position {
    pub(super) fn of(event: &Event) -> Self {
        let digest = Digest::of_json(event);
        Self { number: event.seq, fingerprint: digest.as_str()[..FINGERPRINT_DIGITS].to_owned() }
    }

    /// Makes the position of an event of which only the number is known.
    pub(super) fn numbered(number: u64) -> Self {
        Self { number, fingerprint: String::new() }
    }

    /// Reads a position; `None` where the text is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, fingerprint) = text.split_once('-')?;
        Some(Self { number: number.parse().ok()?, fingerprint: fingerprint.to_owned() })
    }

    /// Returns what the store has behind this position. The event at the position is read again, to see whether the store still
    /// has it.
    pub(super) async fn behind(&self, store: &dyn Store, book: &BookId) -> Result<Behind, StoreError> {
        let mut events = VecDeque::from(store.events(book, self.number.saturating_sub(1), EVENTS).await?);
        if self.number == 0 {
            return Ok(Behind::Events(events));
        }
        let is_there = events.front().is_some_and(|first| first.seq == self.number);
        let known = if is_there { events.pop_front() } else { None };
        let is_same = |known: &Event| self.fingerprint.is_empty() || Self::of(known) == *self;
        let holds = match &known {
            Some(known) => is_same(known),
            None => are_removed(store, book).await?,
        };
        Ok(if holds { Behind::Events(events) } else { Behind::Nowhere })
    }
}

/// Returns whether the events of a book have left the store, with its texts or with the book.
async fn are_removed(store: &dyn Store, book: &BookId) -> Result<bool, StoreError> {
    let book = store.book(book).await?;
    Ok(book.is_none_or(|book| matches!(book.texts, Texts::Leaving(_) | Texts::Left)))
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, self.fingerprint)
    }
}
