//! The events of books that listeners are told of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What listeners are told of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "News")]
pub struct BookEvent {
    /// The book's id.
    pub book: String,
    /// The sender's name for it.
    pub request_id: String,
    /// Its title.
    pub title: String,
    /// How often it was reopened after it had settled, from 1.
    pub edition: u32,
    /// The chapter it is about, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<u32>,
    /// Details for people: a reason, or the length of a chapter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The bound files, once there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<BookEventFile>,
    /// What the book has cost so far, in US dollars.
    pub cost_usd: f64,
}

/// A bound file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NewsFile")]
pub struct BookEventFile {
    /// The format, as a file extension.
    pub format: String,
    /// The SHA-256 of its bytes, which is also part of its name in the store of files.
    pub digest: String,
    /// Their number.
    pub bytes: u64,
    /// Where it is stored.
    pub url: String,
}

/// The names of an event that listeners are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicEvent {
    /// The ledger's name for the event.
    pub kind: &'static str,
    /// The name under which it is published.
    pub name: &'static str,
}

/// The events that listeners are told of.
pub const PUBLIC_EVENTS: [PublicEvent; 8] = [
    PublicEvent { kind: "accepted", name: "accepted" },
    PublicEvent { kind: "planned", name: "planned" },
    PublicEvent { kind: "chapter_done", name: "chapter_done" },
    PublicEvent { kind: "chapter_dead", name: "chapter_failed" },
    PublicEvent { kind: "held", name: "held" },
    PublicEvent { kind: "done", name: "completed" },
    PublicEvent { kind: "failed", name: "failed" },
    PublicEvent { kind: "cancelled", name: "cancelled" },
];

/// Returns the name under which an event is published; `None` where listeners are not told of it.
pub fn public_name(kind: &str) -> Option<&'static str> {
    PUBLIC_EVENTS.iter().find(|event| event.kind == kind).map(|event| event.name)
}
