//! What strangers send, whatever its bytes: each function reads it as the fleet does, and panics where a promise about
//! the reading is broken. Fuzzers call them with bytes of their own making (`fuzz/`), the tests with those kept there.

#[cfg(test)]
#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use super::task::{MAX_BYTES, TaskMessage};

/// Reads a task message: it is small, and says the same when it is written again.
pub fn task_message(body: &[u8]) {
    let Ok(message) = TaskMessage::decode(body) else { return };
    let encoded = message.encode();
    assert!(encoded.body.len() <= MAX_BYTES && encoded.id.len() <= MAX_BYTES);
    assert_eq!(TaskMessage::decode(&encoded.body).expect("what was read can be read again"), message);
}

#[cfg(test)]
mod tests {
    use super::{corpus::replay, *};

    #[test]
    fn kept_task_messages_break_no_promise() {
        replay("task_message", task_message);
    }
}
