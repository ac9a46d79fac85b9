//! The request of a call, as both dialects carry it.

use serde_json::Value;

use crate::{cache::HashedPrompt, conversation::Conversation};

/// The request of a call.
#[derive(Debug)]
pub(crate) struct ModelRequest {
    pub(crate) model: String,
    pub(crate) conversation: Conversation,
    /// Whether the answer is streamed.
    pub(crate) stream: bool,
    /// Whether a stream ends with its usage, where the dialect leaves the choice.
    pub(crate) include_usage: bool,
    /// The output tokens that are allowed, with those for reasoning.
    pub(crate) max_tokens: Option<u64>,
    /// How the model is to reason before it answers; `None` where it is not to reason.
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) prompt: HashedPrompt,
    /// The JSON schema of the answer; `None` where it may be any text.
    pub(crate) schema: Option<Value>,
}

/// How a model reasons before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reasoning {
    /// The most tokens that it may take.
    pub(crate) budget: u64,
    /// Whether the caller sees it.
    pub(crate) is_shown: bool,
}
