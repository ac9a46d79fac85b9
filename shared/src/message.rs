//! What travels through the queue: small versioned JSON that names a task and carries no text.

use serde::{Deserialize, Serialize};

use crate::{
    book::{
        digest::Digest,
        id::{BookId, TaskId},
    },
    ledger::Released,
    queue::{Lane, Message},
};

/// The version this program writes.
const VERSION: u16 = 1;

/// The most bytes a task message may have: it carries references, never texts. This version writes less than a tenth.
pub const MAX_BYTES: usize = 4_096;

/// A task's message: a hint that the task may be owed. The ledger alone knows whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMessage {
    /// The shape's version.
    pub v: u16,
    /// The book.
    pub book: BookId,
    /// The task.
    pub task: TaskId,
    /// The edition it was released in.
    pub edition: u32,
    /// The digest of the context the chapter is written from: a reference, never the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Digest>,
}

/// A message's body is not a task this version understands.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// It is too large for a task.
    #[error("the body is no task: it has {0} bytes, {MAX_BYTES} are allowed")]
    TooLarge(usize),
    /// It is not JSON of a task's shape.
    #[error("the body is no task: {0}")]
    Shape(#[from] serde_json::Error),
    /// It names its book as no book is named.
    #[error("the body names a book as none is named")]
    Book,
    /// A later version wrote it.
    #[error("the body has version {0}, this program reads version {VERSION}")]
    Version(u16),
}

impl TaskMessage {
    /// Names a released task.
    pub fn of(book: &BookId, released: &Released) -> Self {
        let Released { task, edition, context, .. } = released.clone();
        Self { v: VERSION, book: book.clone(), task, edition, context }
    }

    /// Reads a message's body.
    pub fn decode(body: &[u8]) -> Result<Self, Undecodable> {
        if body.len() > MAX_BYTES {
            return Err(Undecodable::TooLarge(body.len()));
        }
        let message: Self = serde_json::from_slice(body)?;
        if message.v != VERSION {
            return Err(Undecodable::Version(message.v));
        }
        if message.book.well_formed() { Ok(message) } else { Err(Undecodable::Book) }
    }

    /// Renders the message; its id is stable across republishing.
    pub fn encode(&self) -> Message {
        let body = serde_json::to_vec(self).expect("a task message holds only strings and numbers");
        Message::new(format!("{}:{}:{}", self.book, self.task, self.edition), body)
    }
}

/// Returns the lane a released task is published to.
pub fn lane(released: &Released) -> Lane {
    match released.task {
        TaskId::Plan => Lane::Plans,
        TaskId::Write(_) if released.solo => Lane::Solo,
        TaskId::Write(_) => Lane::Chapters,
        TaskId::Bind => Lane::Bindings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_message_reads_back_stays_small_and_keeps_its_id() {
        let context = Some(Digest::of("context"));
        let released = Released { task: TaskId::Write(1000), edition: 3, solo: false, context, trace: None };
        let message = TaskMessage::of(&BookId::of("tenant", "request"), &released);
        let encoded = message.encode();
        assert_eq!(TaskMessage::decode(&encoded.body).unwrap(), message);
        assert!(encoded.body.len() < MAX_BYTES / 10);
        assert_eq!(encoded.id, message.encode().id);
    }

    #[test]
    fn the_first_version_ever_shipped_still_reads() {
        let shipped = br#"{"v":1,"book":"0123456789ab","task":"write/7","edition":2}"#;
        let message = TaskMessage::decode(shipped).unwrap();
        assert_eq!((message.task, message.edition, message.context), (TaskId::Write(7), 2, None));
    }

    #[test]
    fn a_body_that_is_no_task_or_of_a_later_version_says_so() {
        assert!(matches!(TaskMessage::decode(b"{"), Err(Undecodable::Shape(_))));
        let later = br#"{"v":9,"book":"b","task":"plan","edition":1}"#;
        assert!(matches!(TaskMessage::decode(later), Err(Undecodable::Version(9))));
        let stray = br#"{"v":1,"book":"}:","task":"plan","edition":1}"#;
        assert!(matches!(TaskMessage::decode(stray), Err(Undecodable::Book)));
        let long = format!(r#"{{"v":1,"book":"{}","task":"plan","edition":1}}"#, "b".repeat(MAX_BYTES));
        assert!(matches!(TaskMessage::decode(long.as_bytes()), Err(Undecodable::TooLarge(_))));
    }
}
