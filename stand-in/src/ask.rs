//! What a call asks and what it is answered, whichever dialect it speaks.

use crate::{cache::Checkpoint, conversation::Conversation};

/// What a call asks.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) model: String,
    pub(crate) conversation: Conversation,
    /// Whether the answer is streamed.
    pub(crate) stream: bool,
    /// Whether a stream ends with its usage, where the dialect leaves the choice.
    pub(crate) include_usage: bool,
    /// The output tokens allowed, reasoning included.
    pub(crate) max_tokens: Option<u64>,
    /// How the model is to reason before it answers, if at all.
    pub(crate) reasoning: Option<Reasoning>,
    /// The prompt's tokens.
    pub(crate) input: u64,
    /// Where a cached prefix of the prompt may end, the shortest first.
    pub(crate) checkpoints: Vec<Checkpoint>,
}

/// How a model reasons before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reasoning {
    /// The most tokens it may take.
    pub(crate) budget: u64,
    /// Whether the caller sees it.
    pub(crate) shown: bool,
}

/// What a call is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The part of the reply's id that no other reply has.
    pub(crate) id: String,
    pub(crate) model: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
    pub(crate) include_usage: bool,
    /// The reasoning that is shown; empty when there is none.
    pub(crate) thinking: String,
    pub(crate) text: String,
    pub(crate) finish: Finish,
    pub(crate) usage: Usage,
}

impl Reply {
    /// Returns the tokens of reasoning that the caller pays for and does not see.
    pub(crate) fn hidden_reasoning(&self) -> u64 {
        if self.thinking.is_empty() { self.usage.reasoning } else { 0 }
    }
}

/// Why a reply ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    Refused,
}

/// The tokens of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// All of the prompt's tokens.
    pub(crate) input: u64,
    /// Those of `input` read from the cache.
    pub(crate) cached: u64,
    /// Those of `input` written to the cache.
    pub(crate) written: u64,
    /// All output tokens, reasoning included.
    pub(crate) output: u64,
    /// Those of `output` that were reasoning.
    pub(crate) reasoning: u64,
}
