//! The caller: what the roles hold to have texts written. Around one model it puts the call permits, the
//! provider's breaker, the chapter's allowance, and the continuation of texts that reach their limit.

mod call_loop;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use bindery_domain::{Micros, Usage};
use call_loop::CallLoop;

use super::{Allowance, Breaker, Call, CallError, CallerStats, Model, OnText, Permits, Price, stats::Counters};

/// What a caller calls through.
#[derive(Clone)]
pub struct Line {
    /// The model.
    pub model: Arc<dyn Model>,
    /// What it costs, where that is known.
    pub price: Option<Price>,
    /// The call permits, shared by all callers of the process.
    pub permits: Arc<Permits>,
    /// The breaker of the model's provider, shared by all callers of that provider.
    pub breaker: Arc<Breaker>,
}

/// How a caller calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerSettings {
    /// The longest that a call waits for the provider in its slot; beyond that its task is to be parked.
    pub park_after: Duration,
    /// How many further calls may continue a text that reached its limit.
    pub continuations: u32,
    /// Whether calls may take as long as a server on the user's own machine may.
    pub patient: bool,
}

impl Default for CallerSettings {
    fn default() -> Self {
        Self { park_after: Duration::from_secs(5), continuations: 3, patient: false }
    }
}

/// A model with everything around it. Dropping a call's future at any time is safe: the permit goes on, the
/// place in the queue is given up, and what a running call may cost counts as spent.
pub struct Caller {
    line: Line,
    settings: CallerSettings,
    counters: Arc<Counters>,
}

/// A whole text, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text, with what the call already had of it.
    pub text: String,
    /// What was spent on all its calls.
    pub spent: Spending,
    /// From sending to the first piece of text.
    pub first_token: Duration,
}

/// What was spent on a text, or on none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// The tokens the server spoke of.
    pub usage: Usage,
    /// What that cost, where usage is unknown all that was reserved; nothing where the price is unknown.
    pub cost: Micros,
    /// How many model calls were made.
    pub calls: u32,
    /// How many of them an outage of the provider took, to be made again without a charge. Each was an attempt of its own.
    pub lost: u32,
    /// How long the calls ran, waits left out.
    pub elapsed: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The provider asks for a longer wait than a slot is kept for. Nothing is charged as a try.
    #[error("the provider asks to wait {:.1} s: {reason}", until.as_secs_f64())]
    Wait {
        /// How long from now.
        until: Duration,
        /// Why.
        reason: String,
        /// What was spent all the same.
        spent: Spending,
    },
    /// The key or the account fails, for every call to this provider. Nothing is charged as a try.
    #[error("the provider is held: {reason}")]
    Held {
        /// How long from now until a probe may run.
        until: Duration,
        /// Why.
        reason: String,
        /// What was spent all the same.
        spent: Spending,
    },
    /// The allowance cannot cover the call.
    #[error("the budget does not cover a call{}", may_cost(.worst))]
    Budget {
        /// What the call may cost, unless its price is unknown.
        worst: Option<Micros>,
        /// What was spent on calls before it.
        spent: Spending,
    },
    /// The try failed, and is to be charged.
    #[error("{error}")]
    Failed {
        /// How.
        error: CallError,
        /// What was spent on it.
        spent: Spending,
    },
}

fn may_cost(worst: &Option<Micros>) -> String {
    worst.map_or_else(|| " to a model without a known price".to_owned(), |worst| format!(", which may cost {worst}"))
}

impl CallFailure {
    /// Returns its kind in a word: that of the error, where there was one.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Held { .. } => "held",
            Self::Budget { .. } => "budget",
            Self::Failed { error, .. } => error.class(),
        }
    }

    /// Returns what was spent in vain.
    pub fn spent(&self) -> &Spending {
        match self {
            Self::Wait { spent, .. }
            | Self::Held { spent, .. }
            | Self::Budget { spent, .. }
            | Self::Failed { spent, .. } => spent,
        }
    }
}

impl Caller {
    /// Returns a caller for this line.
    pub fn new(line: Line, settings: CallerSettings) -> Self {
        Self { line, settings, counters: Arc::default() }
    }

    /// Returns what the model costs, where that is known.
    pub fn price(&self) -> Option<Price> {
        self.line.price
    }

    /// Returns the most that a call with this prompt and this room for its answer may cost; nothing where the price
    /// is unknown, since no budget is accepted then.
    pub fn worst(&self, input: u64, max_tokens: u64) -> Micros {
        let reasoning = u64::from(self.line.model.reasoning_room());
        self.line.price.map_or(Micros::ZERO, |price| price.worst(input, max_tokens + reasoning))
    }

    /// Returns what so many tokens cost, where the price is known.
    pub fn cost(&self, input: u64, output: u64) -> Option<Micros> {
        let usage = Usage { input, output, ..Usage::default() };
        self.line.price.map(|price| price.cost(&usage))
    }

    /// Returns the longest a call with this room for its answer may take: time to begin, and time to write at a
    /// pace below which a provider counts as stuck.
    pub fn cap(&self, max_tokens: u32) -> Duration {
        let (begin, tokens_per_second) = if self.settings.patient { (900.0, 1.5) } else { (120.0, 6.0) };
        let room = f64::from(max_tokens) + f64::from(self.line.model.reasoning_room());
        Duration::from_secs_f64(begin + room / tokens_per_second)
    }

    /// Returns what the calls are doing right now.
    pub fn stats(&self) -> CallerStats {
        self.counters.snapshot()
    }

    /// Has a whole text written. The lowest `age` gets the next permit; `progress` hears the text as it comes,
    /// and where a text was continued may hear the words at the continuation twice.
    pub async fn call(
        &self,
        call: &Call,
        age: u64,
        allowance: &Allowance,
        progress: &mut OnText<'_>,
    ) -> Result<Answer, CallFailure> {
        CallLoop::new(self, age, allowance).run(call, progress).await
    }
}
