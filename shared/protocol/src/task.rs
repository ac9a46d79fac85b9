//! The messages of tasks: small versioned JSON that names a task and carries no text.

use bindery_domain::{BookId, Digest, TaskId};
use bindery_ledger::Released;
use serde::{Deserialize, Serialize};

use crate::Message;

/// The latest version that this program reads.
const VERSION: u16 = 2;

/// The most bytes a task message may have: it carries references, never texts. This version writes less than a tenth.
pub(crate) const MAX_BYTES: usize = 4_096;

/// A hint that a task may be owed; only the ledger knows whether it is. Unknown fields are ignored: a later version that
/// adds a field which must not be ignored raises `v`.
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
    /// The digest of the context from which the chapter is written: a reference, never the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Digest>,
}

/// The field that the task messages of all versions have.
#[derive(Deserialize)]
struct Versioned {
    v: u16,
}

/// Why the body of a message is no task that this version understands.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// The body is too large for a task.
    #[error("the body is no task: it has {0} bytes, {MAX_BYTES} are allowed")]
    TooLarge(usize),
    /// The body is not JSON of a task's shape.
    #[error("the body is no task: {0}")]
    Shape(#[from] serde_json::Error),
    /// The body names its book by an id that no book can have.
    #[error("the body names a book as none is named")]
    Book,
    /// The body is for programs of a later version.
    #[error("the body has version {0}, this program reads version {VERSION}")]
    Newer(u16),
}

impl TaskMessage {
    /// Makes the message of a released task.
    pub fn of(book: &BookId, released: &Released) -> Self {
        let Released { task, edition, context, .. } = released.clone();
        Self { v: version(task), book: book.clone(), task, edition, context }
    }

    /// Reads a message's body.
    pub fn decode(body: &[u8]) -> Result<Self, Undecodable> {
        if body.len() > MAX_BYTES {
            return Err(Undecodable::TooLarge(body.len()));
        }
        // The version is read by itself first: the other fields of a later version may not have this version's shape.
        let Versioned { v } = serde_json::from_slice(body)?;
        if v > VERSION {
            return Err(Undecodable::Newer(v));
        }
        let message: Self = serde_json::from_slice(body)?;
        if message.book.well_formed() { Ok(message) } else { Err(Undecodable::Book) }
    }

    /// Renders the message. Its id stays the same when the task is published again.
    pub fn encode(&self) -> Message {
        let body = serde_json::to_vec(self).expect("a task message holds only strings and numbers");
        Message::new(format!("{}:{}:{}", self.book, self.task, self.edition), body)
    }
}

/// Returns the first version that knows a task. Programs of earlier versions leave the message to others.
fn version(task: TaskId) -> u16 {
    match task {
        TaskId::Plan | TaskId::Write(_) | TaskId::Bind => 1,
        TaskId::Audit | TaskId::Repair { .. } => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_message_can_be_read_back_is_small_and_keeps_its_id() {
        let context = Some(Digest::of("context"));
        let released = Released { task: TaskId::Write(1000), edition: 3, solo: false, context, trace: None };
        let message = TaskMessage::of(&BookId::of("tenant", "request"), &released);
        let encoded = message.encode();
        assert_eq!(TaskMessage::decode(&encoded.body).unwrap(), message);
        assert!(encoded.body.len() < MAX_BYTES / 10);
        assert_eq!(encoded.id, message.encode().id);
    }

    #[test]
    fn a_body_that_is_no_task_or_has_a_later_version_is_refused() {
        for body in [&b"{"[..], br#"{"v":1}"#, br#"{"v":1,"book":"b","task":"draw/7","edition":1}"#] {
            assert!(matches!(TaskMessage::decode(body), Err(Undecodable::Shape(_))));
        }
        for body in
            [&br#"{"v":3,"book":"b","task":"plan","edition":1}"#[..], br#"{"v":3,"volume":"b","task":"draw/7"}"#]
        {
            assert!(matches!(TaskMessage::decode(body), Err(Undecodable::Newer(3))));
        }
        let stray = br#"{"v":1,"book":"}:","task":"plan","edition":1}"#;
        assert!(matches!(TaskMessage::decode(stray), Err(Undecodable::Book)));
    }

    #[test]
    fn fields_that_a_later_version_adds_without_raising_the_version_are_ignored() {
        let book = BookId::of("tenant", "request");
        let later = format!(r#"{{"v":1,"book":"{book}","task":"write/7","edition":1,"urgent":true}}"#);
        assert_eq!(TaskMessage::decode(later.as_bytes()).unwrap().task, TaskId::Write(7));
    }
}
