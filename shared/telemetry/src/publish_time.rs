//! The header that tells when a message was published, by its publisher's clock.

use std::time::Duration;

use bindery_protocol::Message;

/// Holds milliseconds since 1970.
const PUBLISHED_AT: &str = "x-bindery-published-at";

/// Returns the message with the current time as the time of its publishing.
pub(super) fn stamp(mut message: Message) -> Message {
    message.headers.insert(PUBLISHED_AT.to_owned(), bindery_store::now().0.to_string());
    message
}

/// Returns when a message was published, since 1970; `None` where it does not tell.
pub(super) fn published_at(message: &Message) -> Option<Duration> {
    Some(Duration::from_millis(message.headers.get(PUBLISHED_AT)?.parse().ok()?))
}
