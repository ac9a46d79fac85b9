//! The message that the queue carries.

use std::collections::BTreeMap;

use bindery_domain::{Lane, TraceParent};

/// A message that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The message's id, which stays the same when the same content is published again.
    pub id: String,
    /// The content as JSON: under 4 KB for a task, up to 1 MB for a submission.
    pub body: Vec<u8>,
    /// The media type of the content; empty for `application/json`.
    pub content_type: String,
    /// The headers with text values, like `traceparent`; others are not carried.
    pub headers: BTreeMap<String, String>,
    /// The queue in which an answer is awaited.
    pub reply_to: Option<String>,
    /// The id that the answer must carry.
    pub correlation_id: Option<String>,
    /// The user that published the message, validated by the broker; `None` where the publisher named none.
    pub user: Option<String>,
}

impl Message {
    /// Makes a message with an id and a body only.
    pub fn new(id: impl Into<String>, body: Vec<u8>) -> Self {
        Self { id: id.into(), body, ..Self::default() }
    }

    /// Returns the place in a trace that the message carries. A place that cannot be read is ignored, as the standard asks.
    pub fn trace_parent(&self) -> Option<TraceParent> {
        self.headers.get(TRACE_PARENT)?.parse().ok()
    }

    /// Sets the place in a trace that the message carries.
    pub fn set_trace_parent(&mut self, parent: TraceParent) {
        self.headers.insert(TRACE_PARENT.to_owned(), parent.to_string());
    }

    /// Returns how often the message went behind the others of its lane.
    pub fn times_behind(&self) -> u32 {
        self.headers.get(TIMES_BEHIND).and_then(|times| times.parse().ok()).unwrap_or_default()
    }

    /// Returns the message as it goes behind the others of its lane once more.
    pub fn behind(mut self) -> Self {
        let times = self.times_behind().saturating_add(1);
        self.headers.insert(TIMES_BEHIND.to_owned(), times.to_string());
        self
    }

    /// Returns the message as a dead letter. Its publisher is named in a header, since a broker lets nobody publish in
    /// another's name.
    pub fn dead_letter(mut self, lane: Lane, reason: &str) -> Self {
        let user = self.user.take().map(|user| (DEAD_USER.to_owned(), user));
        let reason = reason.chars().take(MAX_REASON_CHARS).collect();
        self.headers.remove(TIMES_BEHIND);
        let notes = [(DEAD_REASON.to_owned(), reason), (DEAD_LANE.to_owned(), lane.to_string())];
        // All headers travel in one frame, and a broker closes a connection that sends too large a frame.
        if self.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_HEADER_BYTES {
            self.headers.clear();
        }
        self.headers.extend(notes.into_iter().chain(user));
        self
    }
}

/// The most characters of a reason that a dead letter carries: a reason may quote a fault of any length.
const MAX_REASON_CHARS: usize = 1_000;

/// The most bytes of headers that a dead letter carries.
const MAX_HEADER_BYTES: usize = 64_000;

/// The header that counts how often a message went behind the others of its lane.
const TIMES_BEHIND: &str = "x-bindery-behind";

/// The header of a dead letter that holds its reason.
pub const DEAD_REASON: &str = "x-bindery-reason";

/// The header of a dead letter that names the lane it came from.
pub const DEAD_LANE: &str = "x-bindery-lane";

/// The header of a dead letter that names its publisher, where the broker validated one.
pub const DEAD_USER: &str = "x-bindery-user";

/// The header that carries a place in a trace, by W3C Trace Context.
const TRACE_PARENT: &str = "traceparent";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_carries_a_place_in_a_trace() {
        let written = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut message = Message::default();
        assert_eq!(message.trace_parent(), None);
        message.set_trace_parent(written.parse().unwrap());
        assert_eq!(message.headers["traceparent"], written);
        assert_eq!(message.trace_parent(), written.parse().ok());
    }
}
