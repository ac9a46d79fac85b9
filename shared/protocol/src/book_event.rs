//! The events of books that listeners are told of.

use bindery_ledger::{BoundFile, EventKind};
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl BookEventFile {
    /// Describes a bound file.
    pub fn of(file: &BoundFile) -> Self {
        Self { format: file.format.clone(), digest: file.digest.to_string(), bytes: file.bytes, url: file.url.clone() }
    }
}

/// The public names of the events that listeners are told of.
pub const PUBLIC_EVENTS: [&str; 8] =
    ["accepted", "planned", "chapter_done", "chapter_failed", "held", "completed", "failed", "cancelled"];

/// Returns the public name of an event; `None` for those that are the ledger's own.
pub fn public_name(what: &EventKind) -> Option<&'static str> {
    Some(match what {
        EventKind::Accepted { .. } => "accepted",
        EventKind::Planned => "planned",
        EventKind::ChapterDone { .. } => "chapter_done",
        EventKind::ChapterDead { .. } => "chapter_failed",
        EventKind::Held { .. } => "held",
        EventKind::Done => "completed",
        EventKind::Failed { .. } => "failed",
        EventKind::Cancelled => "cancelled",
        _ => return None,
    })
}
