//! A place among the events of a book.
//!
//! It holds the number of an event and a fingerprint of its content. A store that went back in time, or a book that was deleted and
//! made again, has another event of that number.

use std::{collections::VecDeque, fmt};

use bindery_domain::{BookId, Digest};
use bindery_ledger::{Event, Texts};
use bindery_store::{Store, StoreError};

use super::readings::Readings;

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
    /// The store does not have the book.
    Gone,
}

/// Where the events of a book are read.
pub(super) struct Source<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) readings: &'a Readings,
    /// The number of the book's last event, as the reader of the process has seen it; `None` where it has not looked yet.
    pub(super) last: Option<u64>,
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
    pub(super) async fn behind(&self, source: Source<'_>, book: &BookId) -> Result<Behind, StoreError> {
        let Source { store, readings, last } = source;
        let events = readings.behind(store, book, self.number.saturating_sub(1), last).await?;
        let known = events.first().filter(|first| first.seq == self.number);
        let is_same = |known: &Event| self.fingerprint.is_empty() || Self::of(known) == *self;
        let new = &events[usize::from(known.is_some())..];
        let holds = match known {
            Some(known) => is_same(known),
            None if self.number == 0 && !new.is_empty() => true,
            None => match store.book(book).await? {
                None => return Ok(Behind::Gone),
                // The events leave the store with the texts.
                Some(book) => self.number == 0 || matches!(book.texts, Texts::Leaving(_) | Texts::Left),
            },
        };
        Ok(if holds { Behind::Events(new.to_vec().into()) } else { Behind::Nowhere })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, self.fingerprint)
    }
}
