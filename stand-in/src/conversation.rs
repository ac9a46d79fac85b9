//! A conversation as both dialects carry it, split into the request and the part of the answer that is already written.

use sha2::{Digest, Sha256};

use crate::{contract::Contract, random::PromptDigest};

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
}

/// A message, with its text blocks joined.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
}

/// The messages of one call, the system prompt first.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    messages: Vec<Message>,
    /// How many messages belong to the request. The others are the begun answer.
    request_length: usize,
}

impl Conversation {
    /// Splits messages into the request and the begun answer.
    ///
    /// The assistant's text after the last message with a contract is the begun answer. It may be a prefill, or the user
    /// may ask after it to go on. Without a contract, only a prefill is a begun answer.
    pub(crate) fn new(messages: Vec<Message>) -> Self {
        let is_user = |message: &Message| message.role == Role::User;
        let request_length = messages
            .iter()
            .rposition(|message| is_user(message) && Contract::find(&message.text).is_some())
            .or_else(|| messages.iter().rposition(is_user))
            .map_or(0, |last| last + 1);
        Self { messages, request_length }
    }

    /// Returns the text of the message that carries the request.
    pub(crate) fn request(&self) -> &str {
        self.messages[..self.request_length].last().map_or("", |message| &message.text)
    }

    /// Returns the part of the answer that the assistant has already written.
    pub(crate) fn begun_answer(&self) -> String {
        self.messages[self.request_length..]
            .iter()
            .filter(|message| message.role == Role::Assistant)
            .map(|message| message.text.as_str())
            .collect()
    }

    /// Returns the text of the whole prompt.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<_> = self.messages.iter().map(|message| message.text.as_str()).collect();
        texts.join("\n\n")
    }

    /// Returns the digest of the request alone, since a continued call writes the same text.
    pub(crate) fn request_digest(&self) -> PromptDigest {
        digest(&self.messages[..self.request_length])
    }

    /// Returns the digest of the whole prompt, since a continued call has faults of its own.
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
        assert_eq!(fresh.begun_answer(), "");
        assert_eq!(prefill.begun_answer(), "One ");
        assert_eq!(go_on.begun_answer(), "One two ");
        assert_eq!(fresh.request_digest(), prefill.request_digest());
        assert_eq!(fresh.request_digest(), go_on.request_digest());
        assert_ne!(prefill.digest(), go_on.digest());
    }

    #[test]
    fn a_new_contract_is_a_new_request() {
        let corrected = conversation(&[(Role::User, CONTRACT), (Role::Assistant, "One two."), (Role::User, CONTRACT)]);
        assert_eq!(corrected.begun_answer(), "");
        assert_ne!(corrected.request_digest(), conversation(&[(Role::User, CONTRACT)]).request_digest());
    }

    #[test]
    fn a_chat_without_a_contract_continues_only_a_prefill() {
        let chat = conversation(&[(Role::User, "Hello."), (Role::Assistant, "Hi."), (Role::User, "How are you?")]);
        assert_eq!((chat.request(), chat.begun_answer().as_str()), ("How are you?", ""));
    }
}
