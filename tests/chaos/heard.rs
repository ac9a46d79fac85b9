//! What a listener has heard of the books of a storm.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::Fleet;

/// The events of the ledger that listeners hear of, and the names under which they do.
const PUBLIC: [(&str, &str); 4] =
    [("accepted", "accepted"), ("planned", "planned"), ("chapter_done", "chapter_done"), ("done", COMPLETED)];

/// The event that says that a book is completed.
const COMPLETED: &str = "completed";

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
        let heard: BTreeSet<Named> = self.of(book).filter_map(Named::heard).collect();
        let public = events.iter().filter_map(Named::recorded);
        public.filter(|event| !heard.contains(event)).count()
    }

    /// Returns the different events in which it has heard that a book is completed.
    pub(super) fn completions<'a>(&'a self, book: &'a str) -> Vec<&'a Value> {
        let is_completion =
            |heard: &(&String, &Value)| Named::heard(*heard).is_some_and(|event| event.name == COMPLETED);
        self.of(book).filter(is_completion).map(|(_, event)| event).collect()
    }

    fn of<'a>(&'a self, book: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.events.range(format!("{book}:")..).take_while(move |(id, _)| id.starts_with(book))
    }
}

/// Returns whether two messages tell of the same event. What the book has cost meanwhile may differ, and a book that a store
/// has forgotten to be completed is completed later once more.
fn is_same(one: &Value, other: &Value) -> bool {
    let same = |field: &str| one[field] == other[field];
    let same_data = |field: &str| one["data"][field] == other["data"][field];
    let is_completion = one["type"] == "bindery.book.completed.v1";
    ["type", "subject"].into_iter().all(same)
        && ["book", "edition", "chapter", "files"].into_iter().all(same_data)
        && (is_completion || same("time"))
}

/// Returns whether a book may have been completed in these different events. A store that loses its last second may forget that a
/// book was completed, and texts of it too. Then these are written again, and the book is completed once more, with other files.
pub(super) fn may_be_completed_so(completions: &[&Value], losses: usize) -> bool {
    let files: BTreeSet<String> = completions.iter().map(|event| event["data"]["files"].to_string()).collect();
    completions.len() <= 1 + losses && files.len() == completions.len()
}

#[test]
fn a_book_is_completed_again_only_with_other_files_after_a_loss() {
    let event = |files: &str| serde_json::json!({"data": {"files": [files]}});
    let (one, other) = (event("one"), event("other"));
    assert!(may_be_completed_so(&[&one], 0));
    assert!(may_be_completed_so(&[&one, &other], 1));
    assert!(!may_be_completed_so(&[&one, &other], 0), "the store has lost nothing");
    assert!(!may_be_completed_so(&[&one, &one], 1), "the same files are the same event");
    assert!(!may_be_completed_so(&[&one, &other, &event("third")], 1), "one loss explains one more");
}

/// A public event as its id names it: by its number, or by the edition that is completed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    place: String,
    name: String,
}

impl Named {
    /// Returns the name of an event that was heard.
    fn heard((id, event): (&String, &Value)) -> Option<Self> {
        let name = event["type"].as_str()?.strip_prefix("bindery.book.")?.strip_suffix(".v1")?.to_owned();
        Some(Self { place: id.split(':').nth(2)?.to_owned(), name })
    }

    /// Returns the name of an event of the ledger; `None` where listeners hear nothing of it.
    fn recorded(event: &Value) -> Option<Self> {
        let (_, name) = PUBLIC.iter().find(|(kind, _)| event["kind"] == *kind)?;
        let place = match *name {
            COMPLETED => format!("{COMPLETED}-{}", event["edition"].as_u64()?),
            _ => event["seq"].as_u64()?.to_string(),
        };
        Some(Self { place, name: (*name).to_owned() })
    }
}
