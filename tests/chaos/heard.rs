//! What a listener has heard of the books of a storm.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::Fleet;

/// The events of the ledger that listeners hear of, and the names under which they do.
const PUBLIC: [(&str, &str); 4] =
    [("accepted", "accepted"), ("planned", "planned"), ("chapter_done", "chapter_done"), ("done", "completed")];

/// The events that a listener has heard, by their ids.
#[derive(Debug, Default)]
pub(super) struct Heard {
    events: BTreeMap<String, Value>,
    /// How often an event came again.
    pub(super) repeated: usize,
    /// The ids that came with different events.
    pub(super) mixed: BTreeSet<String>,
}

impl Heard {
    /// Takes what is in the listener's queue.
    pub(super) fn listen(&mut self, fleet: &Fleet) {
        for event in fleet.heard() {
            let id = event["id"].as_str().unwrap().to_owned();
            match self.events.get(&id) {
                Some(known) if is_same(known, &event) => self.repeated += 1,
                Some(_) => _ = self.mixed.insert(id),
                None => _ = self.events.insert(id, event),
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns how many public events of a book it has not heard, given all events of the ledger.
    pub(super) fn misses(&self, book: &str, events: &[Value]) -> usize {
        let heard: BTreeSet<(u64, &str)> = self.of(book).filter_map(numbered).collect();
        let public = events.iter().filter_map(|event| {
            let (_, name) = PUBLIC.iter().find(|(kind, _)| event["kind"] == *kind)?;
            Some((event["seq"].as_u64()?, *name))
        });
        public.filter(|event| !heard.contains(event)).count()
    }

    /// Returns how often it has heard that a book is completed, as different events.
    pub(super) fn completions(&self, book: &str) -> usize {
        self.of(book).filter_map(numbered).filter(|(_, name)| *name == "completed").count()
    }

    fn of<'a>(&'a self, book: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.events.range(format!("{book}:")..).take_while(move |(id, _)| id.starts_with(book))
    }
}

/// Returns whether two messages tell of the same event. What the book has cost meanwhile may differ.
fn is_same(one: &Value, other: &Value) -> bool {
    let same = |field: &str| one[field] == other[field];
    let same_data = |field: &str| one["data"][field] == other["data"][field];
    ["type", "time", "subject"].into_iter().all(same) && ["book", "edition", "chapter"].into_iter().all(same_data)
}

/// Returns the number of an event, which is in its id, and its name.
fn numbered<'a>((id, event): (&'a String, &'a Value)) -> Option<(u64, &'a str)> {
    let name = event["type"].as_str()?.strip_prefix("bindery.book.")?.strip_suffix(".v1")?;
    Some((id.split(':').nth(2)?.parse().ok()?, name))
}
