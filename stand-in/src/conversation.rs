//! A conversation as both dialects carry it, split into what is asked and what was already written.

use sha2::{Digest, Sha256};

use crate::{contract::Contract, draw::PromptDigest};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
}

/// One message, its text blocks joined.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
}

/// The messages of one call, the system prompt first.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    messages: Vec<Message>,
    asked: usize,
}

impl Conversation {
    /// Splits messages into the request and the answer begun: an assistant's text after the last message with a
    /// contract is a beginning to go on from, be it a prefill or followed by a user who asks to go on. Without a
    /// contract only a prefill is.
    pub(crate) fn new(messages: Vec<Message>) -> Self {
        let is_user = |message: &Message| message.role == Role::User;
        let asked = messages
            .iter()
            .rposition(|message| is_user(message) && Contract::of(&message.text).is_some())
            .or_else(|| messages.iter().rposition(is_user))
            .map_or(0, |last| last + 1);
        Self { messages, asked }
    }

    /// Returns the text of the message that carries the request.
    pub(crate) fn request(&self) -> &str {
        self.messages[..self.asked].last().map_or("", |message| &message.text)
    }

    /// Returns what the assistant has already written to the request.
    pub(crate) fn written(&self) -> String {
        self.messages[self.asked..]
            .iter()
            .filter(|message| message.role == Role::Assistant)
            .map(|message| message.text.as_str())
            .collect()
    }

    /// Returns the whole prompt, for records and counts.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<_> = self.messages.iter().map(|message| message.text.as_str()).collect();
        texts.join("\n\n")
    }

    /// Returns the digest of the request alone: a continued call writes the same text.
    pub(crate) fn request_digest(&self) -> PromptDigest {
        digest(&self.messages[..self.asked])
    }

    /// Returns the digest of the whole prompt: a continued call meets faults of its own.
    pub(crate) fn digest(&self) -> PromptDigest {
        digest(&self.messages)
    }
}

fn digest(messages: &[Message]) -> PromptDigest {
    let mut hash = Sha256::new();
    for message in messages {
        hash.update([match message.role {
            Role::System => 0,
            Role::User => 1,
            Role::Assistant => 2,
        }]);
        hash.update(message.text.len().to_le_bytes());
        hash.update(message.text.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = "<contract>{\"task\":\"summary\",\"chapter\":1,\"length\":50}</contract>";

    fn conversation(messages: &[(Role, &str)]) -> Conversation {
        let messages = messages.iter().map(|&(role, text)| Message { role, text: text.to_owned() });
        Conversation::new(messages.collect())
    }

    #[test]
    fn a_prefill_and_a_request_to_go_on_continue_the_same_request() {
        let fresh = conversation(&[(Role::System, "s"), (Role::User, CONTRACT)]);
        let prefill = conversation(&[(Role::System, "s"), (Role::User, CONTRACT), (Role::Assistant, "One ")]);
        let go_on = conversation(&[
            (Role::System, "s"),
            (Role::User, CONTRACT),
            (Role::Assistant, "One "),
            (Role::User, "Go on."),
            (Role::Assistant, "two "),
            (Role::User, "Go on."),
        ]);
        assert_eq!(fresh.written(), "");
        assert_eq!(prefill.written(), "One ");
        assert_eq!(go_on.written(), "One two ");
        assert_eq!(fresh.request_digest(), prefill.request_digest());
        assert_eq!(fresh.request_digest(), go_on.request_digest());
        assert_ne!(prefill.digest(), go_on.digest());
    }

    #[test]
    fn a_new_contract_is_a_new_request() {
        let mended = conversation(&[(Role::User, CONTRACT), (Role::Assistant, "One two."), (Role::User, CONTRACT)]);
        assert_eq!(mended.written(), "");
        assert_ne!(mended.request_digest(), conversation(&[(Role::User, CONTRACT)]).request_digest());
    }

    #[test]
    fn a_chat_without_a_contract_is_answered_anew_unless_prefilled() {
        let chat = conversation(&[(Role::User, "Hello."), (Role::Assistant, "Hi."), (Role::User, "How are you?")]);
        assert_eq!((chat.request(), chat.written().as_str()), ("How are you?", ""));
    }
}
