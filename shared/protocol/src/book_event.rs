//! The events of books that listeners are told of.

use bindery_domain::abbreviated;
use bindery_ledger::{BoundFile, EventKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tenant::encoded;

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
    /// Details for people: a reason, the length of a chapter, or what was found in the book and not mended, line by line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The bound files, once there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<BookEventFile>,
    /// The mark of the book's score, from 0 to 100, once it is bound; the file `score.json` has its figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
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
pub const PUBLIC_EVENTS: [&str; 9] =
    ["accepted", "planned", "chapter_done", "chapter_failed", "audited", "held", "completed", "failed", "cancelled"];

/// The most bytes of a routing key.
const MAX_ROUTING_KEY_BYTES: usize = 255;

/// Returns the routing key of an event of a tenant's book: three words, whatever the tenant is called. A key that would be too
/// long is abbreviated, so that the book of a tenant whose name is too long holds up no other.
pub fn routing_key(event: &str, tenant: &str) -> String {
    abbreviated(&format!("book.{event}.{}", encoded(tenant)), MAX_ROUTING_KEY_BYTES).into_owned()
}

/// Returns the public name of an event; `None` for those that are the ledger's own.
pub fn public_name(what: &EventKind) -> Option<&'static str> {
    Some(match what {
        EventKind::Accepted { .. } => "accepted",
        EventKind::Planned => "planned",
        EventKind::ChapterDone { .. } => "chapter_done",
        EventKind::ChapterDead { .. } => "chapter_failed",
        EventKind::Audited { .. } => "audited",
        EventKind::Held { .. } => "held",
        EventKind::Done => "completed",
        EventKind::Failed { .. } => "failed",
        EventKind::Cancelled => "cancelled",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::MAX_TENANT_BYTES;

    #[test]
    fn every_events_routing_key_holds_the_longest_name_that_a_tenant_may_have() {
        let tenant = "a".repeat(MAX_TENANT_BYTES);
        for event in PUBLIC_EVENTS {
            assert_eq!(routing_key(event, &tenant), format!("book.{event}.{tenant}"));
        }
    }

    #[test]
    fn no_tenant_hears_of_anothers_books_by_a_pattern_for_its_own() {
        // The queue of `b`, bound to `book.#.b` or `book.*.*.b`, would be told of the books of `a.b`.
        assert_eq!(routing_key("completed", "a.b"), "book.completed.a%2Eb");
        for tenant in ["a.b", "#", "*", "a.#", ".", "%2E"] {
            assert_eq!(routing_key("completed", tenant).split('.').count(), 3);
        }
    }

    #[test]
    fn a_routing_key_fits_whatever_a_tenant_is_called() {
        for bytes in [236, 250, 10_000] {
            assert!(routing_key("chapter_failed", &"a".repeat(bytes)).len() <= MAX_ROUTING_KEY_BYTES);
        }
    }
}
