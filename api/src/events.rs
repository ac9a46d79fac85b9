//! The events of books as they happen, as Server-Sent Events.
//!
//! One reader in each process looks which books have new events, however many listeners there are ([`hub`]).

mod facts;
pub(crate) mod hub;
mod of_book;
mod of_tenant;
mod position;
mod readings;
pub(crate) mod texts;

use std::time::Duration;

use axum::response::sse::KeepAlive;
use bindery_domain::{BookId, TaskId, timestamp};
use bindery_ledger::Event;
use schemars::JsonSchema;
use serde::Serialize;

use self::{
    facts::Facts,
    texts::{EndedText, SectionText},
};
pub(crate) use self::{of_book::of_book, of_tenant::of_tenant};

/// How often a stream without events shows that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// The pause before a store that has failed is asked again.
const PAUSE: Duration = Duration::from_millis(500);

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
    #[serde(flatten)]
    facts: Facts,
    /// Details for people.
    detail: String,
}

/// The data of a message of a book's stream.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "BookMessage")]
pub(crate) enum BookMessage {
    /// An event, in a message without a name.
    Event(Box<HeardEvent>),
    /// A piece of a text, in a message called `text`.
    Text(SectionText),
    /// A text that is no longer under way, in a message called `text_ended`.
    Ended(EndedText),
}

impl BookMessage {
    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl HeardEvent {
    fn of(book: &BookId, event: &Event) -> Self {
        Self {
            book: book.to_string(),
            number: event.seq,
            at: timestamp(event.at),
            kind: event.what.name().to_owned(),
            task: event.task.map(|task| task.to_string()),
            chapter: event.task.and_then(chapter),
            edition: event.edition,
            facts: Facts::of(&event.what),
            detail: event.what.detail(),
        }
    }

    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn chapter(task: TaskId) -> Option<u32> {
    match task {
        TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => Some(chapter),
        TaskId::Plan | TaskId::Audit | TaskId::Bind => None,
    }
}

fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(ALIVE)
}

#[cfg(test)]
mod tests {
    use bindery_domain::Moment;
    use bindery_ledger::EventKind;
    use serde_json::{Value, json};

    use super::*;

    fn heard(task: TaskId, what: EventKind) -> Value {
        let event = Event { seq: 7, at: Moment(0), task: Some(task), edition: 1, what };
        serde_json::from_str(&HeardEvent::of(&BookId::of("press", "tides"), &event).json()).unwrap()
    }

    #[test]
    fn an_event_has_what_it_tells_in_fields_of_their_own() {
        let kept = heard(TaskId::Write(3), EventKind::PartKept { part: 1, length: 299 });
        let told = json!({"chapter": 3, "part": 1, "length": 299, "detail": "part 1: 299"});
        assert!(told.as_object().unwrap().iter().all(|(name, value)| kept[name] == *value), "{kept}");
        let audited = EventKind::Audited { findings: 2, repairs: 1, left: vec!["In chapter 2: a".into()] };
        let audited = heard(TaskId::Audit, audited);
        assert_eq!((&audited["findings"], &audited["left"]), (&json!(2), &json!(["In chapter 2: a"])));
        let reread = EventKind::Reread { findings: 21, left: vec!["In chapter 2: a".into()] };
        let reread = heard(TaskId::Bind, reread);
        assert_eq!((&reread["findings"], &reread["left"]), (&json!(21), &json!(["In chapter 2: a"])));
        let started = heard(TaskId::Write(3), EventKind::Started);
        assert_eq!((started.get("length"), started.get("left"), started.get("reason")), (None, None, None));
    }
}
