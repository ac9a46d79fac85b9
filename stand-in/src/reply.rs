//! The reply to a call, before a dialect writes it.

/// The reply to a call.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The part of the reply's id that no other reply has.
    pub(crate) id: String,
    pub(crate) model: String,
    /// The time of the reply, in seconds since 1970.
    pub(crate) created: u64,
    pub(crate) include_usage: bool,
    /// The reasoning that is shown; empty where none is.
    pub(crate) shown_reasoning: String,
    pub(crate) text: String,
    pub(crate) finish: Finish,
    pub(crate) usage: Usage,
}

impl Reply {
    /// Returns the tokens of reasoning that the caller pays for and does not see.
    pub(crate) fn hidden_reasoning(&self) -> u64 {
        if self.shown_reasoning.is_empty() { self.usage.reasoning } else { 0 }
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
    /// All tokens of the prompt.
    pub(crate) input: u64,
    /// The tokens of `input` that were read from the cache.
    pub(crate) cached: u64,
    /// The tokens of `input` that were written to the cache.
    pub(crate) written: u64,
    /// All output tokens, with those of reasoning.
    pub(crate) output: u64,
    /// The tokens of `output` that were reasoning.
    pub(crate) reasoning: u64,
}
