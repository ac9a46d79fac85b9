//! What webhooks are told, and the messages of notices that are owed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Message, Undecodable, book_event::BookEvent, task};

/// The most characters of the id of a webhook.
pub const MAX_WEBHOOK_CHARS: usize = 40;

/// The latest version that this program reads.
const VERSION: u16 = 1;

/// What a webhook is told: the content of its notices, in the form that Standard Webhooks recommends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Notice")]
pub struct NoticeBody {
    /// What happened, with the version of the content, like `bindery.book.completed.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, by RFC 3339. The order in which notices arrive tells nothing.
    pub timestamp: String,
    /// The event.
    pub data: BookEvent,
}

/// A hint that a notice may be owed; only the store knows whether it is. Unknown fields are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMessage {
    /// The shape's version.
    pub v: u16,
    /// The id of the notice.
    pub notice: String,
}

/// The field that the messages of all versions have.
#[derive(Deserialize)]
struct Versioned {
    v: u16,
}

impl NoticeMessage {
    /// Makes the message of a notice.
    pub fn of(notice: &str) -> Self {
        Self { v: VERSION, notice: notice.to_owned() }
    }

    /// Reads a message's body.
    pub fn decode(body: &[u8]) -> Result<Self, Undecodable> {
        if body.len() > task::MAX_BYTES {
            return Err(Undecodable::TooLarge(body.len()));
        }
        let Versioned { v } = serde_json::from_slice(body)?;
        if v > VERSION {
            return Err(Undecodable::Newer(v));
        }
        Ok(serde_json::from_slice(body)?)
    }

    /// Renders the message.
    pub fn encode(&self) -> Message {
        let body = serde_json::to_vec(self).expect("a notice's message holds only a text and a number");
        Message::new(self.notice.clone(), body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_notice_and_a_later_one_is_left_to_later_programs() {
        let message = NoticeMessage::of("msg_1").encode();
        assert_eq!((message.id.as_str(), &message.body[..]), ("msg_1", &br#"{"v":1,"notice":"msg_1"}"#[..]));
        assert_eq!(NoticeMessage::decode(&message.body).unwrap(), NoticeMessage::of("msg_1"));
        let newer = NoticeMessage::decode(br#"{"v":2,"notices":[]}"#);
        assert!(matches!(newer, Err(Undecodable::Newer(2))), "{newer:?}");
        assert!(matches!(NoticeMessage::decode(&[b' '; 5_000]), Err(Undecodable::TooLarge(5_000))));
        assert!(matches!(NoticeMessage::decode(b"{}"), Err(Undecodable::Shape(_))));
    }
}
