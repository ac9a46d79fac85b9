//! The caller: what the roles hold to have texts written. Around one model it puts the call permits, the
//! provider's breaker, the chapter's allowance, and the continuation of texts that reach their limit.

mod call_loop;
#[cfg(test)]
mod tests;
mod warming;

use std::{sync::Arc, time::Duration};

use bindery_domain::{Micros, Usage};
use call_loop::CallLoop;
use tokio::sync::OnceCell;
use warming::Warming;

use crate::{
    Allowance, Call, CallErrorKind, CallerStats, Model, OnText, Price, SelfReport, breaker::Breaker, permits::Permits,
    stats::Counters,
};

/// What guards a provider: all callers of its models share it.
#[derive(Clone)]
pub(crate) struct ProviderGuards {
    /// The permits to have a call running.
    pub(crate) permits: Arc<Permits>,
    pub(crate) breaker: Arc<Breaker>,
    /// Whether as many calls run at once as the server says that it takes.
    pub(crate) follows_slots: bool,
}

/// The settings of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerSettings {
    /// The longest that a call waits for the provider in its slot; beyond that its task is to be parked.
    pub park_after: Duration,
    /// How many further calls may continue a text that reached its limit.
    pub continuations: u32,
    /// Whether the server runs on the user's own machine, where calls may take longer.
    pub local: bool,
    /// Whether a provider that answers none of the first calls is waited for.
    pub waits: bool,
}

impl Default for CallerSettings {
    fn default() -> Self {
        Self { park_after: Duration::from_secs(5), continuations: 3, local: false, waits: true }
    }
}

/// The longest that a model may take to begin, and the output tokens per second below which it counts as stuck.
struct SlowestPace {
    begin_seconds: f64,
    tokens_per_second: f64,
}

const SLOWEST_HOSTED: SlowestPace = SlowestPace { begin_seconds: 120.0, tokens_per_second: 6.0 };
const SLOWEST_LOCAL: SlowestPace = SlowestPace { begin_seconds: 900.0, tokens_per_second: 1.5 };

/// A model behind its guards.
///
/// Dropping a call's future at any time is safe. The permit goes on, the place in the queue is given up, and what a running
/// call may cost counts as spent.
pub struct ModelCaller {
    name: String,
    model: Arc<dyn Model>,
    price: Option<Price>,
    guards: ProviderGuards,
    settings: CallerSettings,
    counters: Arc<Counters>,
    report: OnceCell<SelfReport>,
    /// The prefixes that are warmed; `None` where writing the server's cache costs nothing extra.
    warming: Option<Warming>,
}

/// A whole text, and what was spent on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text, with what the call already had of it.
    pub text: String,
    /// What was spent on all its calls.
    pub spent: Spending,
    /// The time from sending to the first piece of text.
    pub first_token: Duration,
}

/// What the calls for one text have used, whether or not they brought the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// The tokens that the server reported.
    pub usage: Usage,
    /// What the calls cost: all that was reserved where the usage is unknown, and nothing where the price is unknown.
    pub cost: Micros,
    /// How many model calls were made.
    pub calls: u32,
    /// How many of these calls continued a text that had reached its limit.
    pub continuations: u16,
    /// How many of these calls an outage of the provider took. Each was an attempt of its own and is made again without
    /// a charge.
    pub lost: u16,
    /// How long the calls ran, without the waits between them.
    pub elapsed: Duration,
}

/// Why a caller returns no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The provider asks for a longer wait than a slot is kept for. Nothing is charged as a try.
    #[error("the provider asks to wait {:.1} s: {reason}", wait.as_secs_f64())]
    Wait {
        /// How long from now.
        wait: Duration,
        /// Why.
        reason: String,
        /// What was spent all the same.
        spent: Spending,
    },
    /// The key or the account fails, for every call to this provider. Nothing is charged as a try.
    #[error("the provider is held: {reason}")]
    Held {
        /// How long from now a probe may run.
        wait: Duration,
        /// Why.
        reason: String,
        /// What was spent all the same.
        spent: Spending,
    },
    /// The allowance cannot cover the call.
    #[error("the budget does not cover a call{}", may_cost(.worst))]
    Budget {
        /// What the call may cost; `None` where its price is unknown.
        worst: Option<Micros>,
        /// What was spent on calls before it.
        spent: Spending,
    },
    /// The try failed, and is to be charged.
    #[error("{error}")]
    Failed {
        /// How it failed.
        error: CallErrorKind,
        /// What was spent on it.
        spent: Spending,
    },
}

fn may_cost(worst: &Option<Micros>) -> String {
    worst.map_or_else(|| " to a model without a known price".to_owned(), |worst| format!(", which may cost {worst}"))
}

impl CallFailure {
    /// Returns the name of its class, for logs and metrics: that of the error where a call failed.
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

impl ModelCaller {
    pub(crate) fn new(
        name: String,
        model: Arc<dyn Model>,
        price: Option<Price>,
        guards: ProviderGuards,
        settings: CallerSettings,
    ) -> Self {
        let warming = price.filter(Price::charges_for_writing).map(|_| Warming::default());
        Self { name, model, price, guards, settings, counters: Arc::default(), report: OnceCell::new(), warming }
    }

    /// Returns what the model's server tells of itself. It is asked once; while it does not answer, it tells nothing.
    pub async fn ask_about_itself(&self) -> SelfReport {
        let asked = self.report.get_or_try_init(|| async {
            let report = self.model.ask_about_itself().await.ok_or(())?;
            if let Some(slots) = report.slots.filter(|_| self.guards.follows_slots) {
                self.guards.permits.set_count(slots);
            }
            Ok::<_, ()>(report)
        });
        asked.await.copied().unwrap_or_default()
    }

    /// Returns the name of the model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the model costs; `None` where that is unknown.
    pub fn price(&self) -> Option<Price> {
        self.price
    }

    /// Returns whether its calls are known to cost nothing.
    pub fn is_free(&self) -> bool {
        self.price == Some(Price::FREE)
    }

    /// Returns whether its calls have room for reasoning.
    pub fn reasons(&self) -> bool {
        self.model.output_limit(0) > 0
    }

    /// Returns the most that a call may cost with this prompt and this limit for its text.
    ///
    /// It is zero where the price is unknown, since no budget is accepted then.
    pub fn worst(&self, input: u64, max_tokens: u64) -> Micros {
        let max_tokens = u32::try_from(max_tokens).unwrap_or(u32::MAX);
        let output = u64::from(self.model.output_limit(max_tokens));
        self.price.map_or(Micros::ZERO, |price| price.worst(input, output))
    }

    /// Returns what this many tokens cost; `None` where the price is unknown.
    pub fn cost(&self, input: u64, output: u64) -> Option<Micros> {
        let usage = Usage { input, output, ..Usage::default() };
        self.price.map(|price| price.cost(&usage))
    }

    /// Returns the longest that a call with this limit for its text may take.
    ///
    /// It is the time to begin, and the time to write at a pace below which a provider counts as stuck.
    pub(crate) fn cap(&self, max_tokens: u32) -> Duration {
        let pace = if self.settings.local { SLOWEST_LOCAL } else { SLOWEST_HOSTED };
        let tokens = f64::from(self.model.output_limit(max_tokens));
        Duration::from_secs_f64(pace.begin_seconds + tokens / pace.tokens_per_second)
    }

    /// Returns what the calls are doing right now.
    pub(crate) fn stats(&self) -> CallerStats {
        self.counters.snapshot()
    }

    /// Has a whole text written. The call with the lowest `age` gets the next permit.
    ///
    /// `progress` receives the text as it arrives. Where a text is continued, it may receive the words at the
    /// continuation twice.
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
