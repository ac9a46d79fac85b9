//! The message that the queue carries.

use std::collections::BTreeMap;

use bindery_domain::{Lane, TraceParent};

use crate::{body::Body, submission::MAX_BYTES};

/// A message that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The message's id, which stays the same when the same content is published again.
    pub id: String,
    /// The content as JSON: under 4 KB for a task, up to 1 MB for a submission.
    pub body: Body,
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
        Self { id: id.into(), body: body.into(), ..Self::default() }
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

    /// Returns whose message it is: whom Bindery names that passed it on, or else its publisher.
    pub fn sender(&self) -> Option<&str> {
        self.headers.get(SENDER).map(String::as_str).or(self.user.as_deref())
    }

    /// Removes the headers that only Bindery sets: a stranger may have set them.
    pub fn distrust(&mut self) {
        self.headers.retain(|name, _| !name.starts_with(OWN_HEADERS));
    }

    /// Returns the message as it goes behind the others of its lane once more.
    pub fn behind(mut self) -> Self {
        let times = self.times_behind().saturating_add(1);
        self.name_sender();
        self.headers.insert(TIMES_BEHIND.to_owned(), times.to_string());
        self
    }

    /// Returns the message as a dead letter. Of a body that is too large for a submission only the size is kept.
    pub fn dead_letter(mut self, lane: Lane, reason: &str) -> Self {
        self.name_sender();
        self.headers.retain(|name, _| name == SENDER || !name.starts_with(OWN_HEADERS));
        let end = (0..=reason.len().min(MAX_REASON_BYTES)).rev().find(|end| reason.is_char_boundary(*end));
        let reason = &reason[..end.unwrap_or_default()];
        self.headers.insert(DEAD_REASON.to_owned(), reason.to_owned());
        self.headers.insert(DEAD_LANE.to_owned(), lane.to_string());
        if self.body.len() > MAX_BYTES {
            self.headers.insert(DEAD_SIZE.to_owned(), self.body.len().to_string());
            self.body = Body::default();
        }
        self
    }

    /// Returns a dead letter as it goes to its lane again, in its sender's name.
    pub fn redriven(mut self) -> Self {
        self.name_sender();
        self.headers.retain(|name, _| name == SENDER || !name.starts_with(OWN_HEADERS));
        self
    }

    /// Moves the sender's name into a header, since a broker lets nobody publish in another's name.
    fn name_sender(&mut self) {
        let sender = self.sender().map(str::to_owned);
        self.user = None;
        self.headers.extend(sender.map(|sender| (SENDER.to_owned(), sender)));
    }
}

/// The most bytes of a reason that a dead letter carries. A reason may quote a fault of any length, and it must fit into the
/// smallest frame of a broker, which has 4,096.
const MAX_REASON_BYTES: usize = 2_000;

/// How the names of the headers begin that only Bindery sets.
pub const OWN_HEADERS: &str = "x-bindery-";

/// The header that counts how often a message went behind the others of its lane.
const TIMES_BEHIND: &str = "x-bindery-behind";

/// The header of a dead letter that holds its reason.
pub const DEAD_REASON: &str = "x-bindery-reason";

/// The header of a dead letter that names the lane it came from.
pub const DEAD_LANE: &str = "x-bindery-lane";

/// The header of a dead letter without its body, which was too large to keep: the body's size in bytes.
pub const DEAD_SIZE: &str = "x-bindery-size";

/// The most bytes of a message that the broker is to accept. Each is received whole before its size is known. It leaves room
/// above the size of a submission, so that one that is somewhat larger is still answered with the reason.
pub const MAX_MESSAGE_BYTES: usize = 2_000_000;

/// The header that names the sender of a message that Bindery passed on: of a dead letter, and of one that was sent to its
/// lane again. It is believed only in a message that the broker has seen Bindery's own user publish.
pub const SENDER: &str = "x-bindery-user";

/// The header of a dead letter that stands in place of [`SENDER`] where nothing proves it.
pub const UNPROVEN_SENDER: &str = "x-bindery-unproven-user";

/// The header that carries a place in a trace, by W3C Trace Context.
pub const TRACE_PARENT: &str = "traceparent";

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

    fn sent_by_ada() -> Message {
        let headers =
            [(SENDER, "bindery"), (DEAD_LANE, "chapters"), ("x-bindery-published-at", "1"), ("colour", "red")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Message { user: Some("ada".to_owned()), headers: headers.into(), ..Message::default() }
    }

    #[test]
    fn a_stranger_sets_none_of_binderys_headers() {
        let mut message = sent_by_ada();
        message.distrust();
        assert_eq!(message.headers.into_iter().collect::<Vec<_>>(), [("colour".to_owned(), "red".to_owned())]);
    }

    #[test]
    fn a_message_keeps_its_sender_through_the_dead_letters_and_back_however_often() {
        let mut message = sent_by_ada();
        message.distrust();
        for _ in 0..3 {
            let letter = message.dead_letter(Lane::Submissions, "no title");
            assert_eq!((letter.sender(), letter.user.as_deref()), (Some("ada"), None));
            assert_eq!(
                (letter.headers[DEAD_LANE].as_str(), letter.headers[DEAD_REASON].as_str()),
                ("submissions", "no title")
            );
            message = letter.redriven();
            assert_eq!((message.sender(), message.headers.len()), (Some("ada"), 2));
            // The fleet's own user publishes it.
            message.user = Some("bindery".to_owned());
        }
        assert_eq!(message.behind().sender(), Some("ada"));
    }

    #[test]
    fn a_letter_keeps_the_size_of_a_body_that_is_too_large_and_none_of_its_bytes() {
        let letter = |bytes| Message::new("a", vec![b' '; bytes]).dead_letter(Lane::Submissions, "too large");
        assert_eq!(letter(MAX_BYTES).body.len(), MAX_BYTES);
        let large = letter(MAX_BYTES + 1);
        assert_eq!((large.body.len(), large.headers[DEAD_SIZE].as_str()), (0, "1000001"));
    }

    #[test]
    fn a_reason_of_any_length_fits_into_the_smallest_frame() {
        let letter = Message::default().dead_letter(Lane::Submissions, &"🪢".repeat(100_000));
        assert_eq!(letter.headers[DEAD_REASON].len(), MAX_REASON_BYTES);
    }
}
