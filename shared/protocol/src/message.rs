//! A message, as the queue carries it.

use std::collections::BTreeMap;

use bindery_domain::{Lane, TraceParent};

/// What is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Stable across republishing of the same thing.
    pub id: String,
    /// JSON: of a task under 4 KB, of a submission up to 1 MB.
    pub body: Vec<u8>,
    /// What the message is, as a media type; empty for `application/json`.
    pub content_type: String,
    /// Headers whose values are texts, like `traceparent`; others are not carried.
    pub headers: BTreeMap<String, String>,
    /// The queue an answer is awaited in.
    pub reply_to: Option<String>,
    /// What the answer must carry.
    pub correlation_id: Option<String>,
    /// Who published it, as the broker has validated; none where the publisher did not say.
    pub user: Option<String>,
}

impl Message {
    /// Makes a message that is only its body.
    pub fn new(id: impl Into<String>, body: Vec<u8>) -> Self {
        Self { id: id.into(), body, ..Self::default() }
    }

    /// Returns the place in a trace that the message carries; one that cannot be read is none, as the standard asks.
    pub fn trace_parent(&self) -> Option<TraceParent> {
        self.headers.get(TRACE_PARENT)?.parse().ok()
    }

    /// Has the message carry a place in a trace.
    pub fn set_trace_parent(&mut self, parent: TraceParent) {
        self.headers.insert(TRACE_PARENT.to_owned(), parent.to_string());
    }

    /// Returns how often the message was put behind the others of its lane.
    pub fn times_behind(&self) -> u32 {
        self.headers.get(BEHIND).and_then(|times| times.parse().ok()).unwrap_or_default()
    }

    /// Returns the message as it is put behind the others of its lane once more.
    pub fn behind(mut self) -> Self {
        let times = self.times_behind().saturating_add(1);
        self.headers.insert(BEHIND.to_owned(), times.to_string());
        self
    }

    /// Returns the message as a dead letter. Who published it stands in a header, since a broker lets nobody publish
    /// in another's name.
    pub fn dead_letter(mut self, lane: Lane, reason: &str) -> Self {
        let user = self.user.take().map(|user| (DEAD_USER.to_owned(), user));
        let reason = reason.chars().take(REASON).collect();
        self.headers.remove(BEHIND);
        let notes = [(DEAD_REASON.to_owned(), reason), (DEAD_LANE.to_owned(), lane.to_string())];
        // All headers travel in one frame, and a broker ends the connection that sends one too large.
        if self.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > HEADERS {
            self.headers.clear();
        }
        self.headers.extend(notes.into_iter().chain(user));
        self
    }
}

/// How much of a reason a dead letter carries, in characters: one may quote what was wrong at any length.
const REASON: usize = 1_000;

/// How many bytes of its own headers a dead letter carries at most.
const HEADERS: usize = 64_000;

/// The header that counts how often a message was put behind the others of its lane.
const BEHIND: &str = "x-bindery-behind";

/// The header of a dead letter that says why it is one.
pub const DEAD_REASON: &str = "x-bindery-reason";

/// The header of a dead letter that names the lane it came from.
pub const DEAD_LANE: &str = "x-bindery-lane";

/// The header of a dead letter that names who published it, where that was validated.
pub const DEAD_USER: &str = "x-bindery-user";

/// The header that carries a place in a trace: W3C Trace Context.
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
