//! Estimates of the calls, tokens, money and time that a book takes, made before its first call.
//!
//! Three sums are told. What is *likely* follows from what the model did before. The book costs *at most* what it costs if
//! every text takes all of its tries and rewrites, and each answer fills its room. The *smallest budget that cannot stall*
//! carries the book to its end although each task reserves its highest cost before it begins.

mod habit;
mod texts;

use std::time::Duration;

use bindery_context::Context;
use bindery_domain::{Micros, Usage};
use bindery_ledger::{Order, TrackRecord};
use bindery_model::Caller;
use bindery_runtime::attempt::Limits;

use self::{
    habit::Habit,
    texts::{PlannedText, chapter_texts, outline_text, plan_text},
};
use crate::outline::Topic;

/// What a book takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The number of model calls if none has to be repeated, with the planning call.
    pub calls: u64,
    /// The number of calls that are likely to be repeated or added.
    pub repeated: u64,
    /// The likely number of prompt tokens.
    pub input: u64,
    /// The likely number of output tokens, those for reasoning included.
    pub output: u64,
    /// The cost; `None` where the price is not known.
    pub cost: Option<Cost>,
    /// The time from the first call to the last if no call waits for a permit.
    pub time: Duration,
    /// The time if one call is made after another.
    pub sequential: Duration,
}

/// What a book may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// What it costs if the model goes on as it did before.
    pub likely: Micros,
    /// What it costs if every text takes all of its tries and rewrites, and each answer fills its room.
    pub at_most: Micros,
    /// The smallest budget with which the book is not held as long as it costs at most a quarter more than is likely.
    pub smallest_budget: Micros,
}

/// The share, in percent of the likely cost, that the smallest budget allows for.
const LIKELY_PERCENT: u64 = 125;

/// The usual speed of a hosted model.
const TOKENS_PER_SECOND: f64 = 80.0;

/// The usual time until a hosted model's first token.
const FIRST_TOKEN_SECONDS: f64 = 0.6;

/// What an estimate is made from.
#[derive(Clone, Copy)]
pub struct Estimating<'a> {
    /// The model.
    pub caller: &'a Caller,
    /// What the model did before.
    pub record: &'a TrackRecord,
    /// How often a text may be tried and rewritten.
    pub limits: Limits,
}

impl Estimating<'_> {
    /// Estimates the owed chapters of a book from its context, without a planning call. `owed` takes a chapter's number.
    pub fn chapters(&self, context: &Context, owed: impl Fn(u32) -> bool) -> Estimate {
        let mut sum = self.sum();
        let mut waves = [Duration::ZERO; 2];
        for slice in context.chapters.iter().filter(|slice| owed(slice.chapter)) {
            let texts = chapter_texts(context, slice);
            let mut path = Duration::ZERO;
            for text in &texts {
                path += sum.add(text);
            }
            let wave = usize::from(slice.last);
            waves[wave] = waves[wave].max(path);
            sum.lease = sum.lease.max(lease_worst(&texts, self.caller));
        }
        sum.estimate.time = waves.iter().sum();
        sum.total()
    }

    /// Adds a book's planning call to an estimate.
    pub fn with_plan(&self, estimate: Estimate, order: &Order, compiled: &Context) -> Estimate {
        self.with(estimate, &plan_text(order, compiled, self.caller))
    }

    /// Adds the call for the outline of a topic to an estimate.
    pub fn with_outline(&self, estimate: Estimate, topic: &Topic) -> Estimate {
        self.with(estimate, &outline_text(topic, self.caller))
    }

    /// Adds a text that all others wait for.
    fn with(&self, estimate: Estimate, text: &PlannedText) -> Estimate {
        let mut sum = self.sum();
        let time = sum.add(text);
        sum.lease = worst(text, self.caller);
        sum.estimate.time = time;
        estimate.and(sum.total())
    }

    fn sum(&self) -> Sum<'_> {
        Sum {
            estimating: *self,
            estimate: Estimate::default(),
            repeated: 0.0,
            usage: Usage::default(),
            likely: Micros::ZERO,
            at_most: Micros::ZERO,
            lease: Micros::ZERO,
        }
    }
}

/// An estimate in the making.
struct Sum<'a> {
    estimating: Estimating<'a>,
    estimate: Estimate,
    repeated: f64,
    usage: Usage,
    likely: Micros,
    at_most: Micros,
    /// The most that a lease may spend.
    lease: Micros,
}

impl Sum<'_> {
    /// Adds texts that are written at once. Returns how long they take.
    fn add(&mut self, text: &PlannedText) -> Duration {
        let Estimating { caller, record, limits } = self.estimating;
        let habit = Habit::of(text, record, caller);
        let usage = habit.usage(text);
        self.estimate.calls += text.count;
        self.repeated += habit.repeated() * text.count as f64;
        self.usage += usage;
        self.likely += caller.price().map_or(Micros::ZERO, |price| price.cost(&usage));
        let times = u64::from(limits.tries + limits.rewrites) * text.count;
        self.at_most += Micros(worst(text, caller).0.saturating_mul(times));
        let each = call_time(usage.output as f64 / text.count.max(1) as f64);
        self.estimate.sequential += each * u32::try_from(text.count).unwrap_or(u32::MAX);
        each
    }

    fn total(self) -> Estimate {
        let Self { estimating, estimate, repeated, usage, likely, at_most, lease } = self;
        let cost = estimating.caller.price().map(|_| Cost {
            likely,
            at_most: at_most.max(likely),
            smallest_budget: Micros(likely.0.saturating_mul(LIKELY_PERCENT) / 100) + lease,
        });
        Estimate { repeated: repeated.round() as u64, input: usage.input, output: usage.output, cost, ..estimate }
    }
}

impl Estimate {
    /// Returns the estimate for at most `calls` calls at once.
    pub fn with_calls(self, calls: usize) -> Self {
        let at_once = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
        Self { time: self.time.max(self.sequential / at_once), ..self }
    }

    /// Returns the estimate of this and then of another task.
    fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            repeated: self.repeated + other.repeated,
            input: self.input + other.input,
            output: self.output + other.output,
            cost: self.cost.zip(other.cost).map(|(one, other)| one.and(other)),
            time: self.time + other.time,
            sequential: self.sequential + other.sequential,
        }
    }
}

impl Cost {
    fn and(self, other: Self) -> Self {
        Self {
            likely: self.likely + other.likely,
            at_most: self.at_most + other.at_most,
            smallest_budget: self.smallest_budget + other.smallest_budget,
        }
    }
}

/// Returns the most that a lease on a chapter of a book may spend: each of its texts once, at its highest cost.
pub(crate) fn chapter_worst(context: &Context, caller: &Caller) -> Micros {
    let of_chapter = |slice| lease_worst(&chapter_texts(context, slice), caller);
    context.chapters.iter().map(of_chapter).max().unwrap_or(Micros::ZERO)
}

/// Returns the most that a book's planning call may cost.
pub(crate) fn plan_worst(order: &Order, compiled: &Context, caller: &Caller) -> Micros {
    worst(&plan_text(order, compiled, caller), caller)
}

fn lease_worst(texts: &[PlannedText], caller: &Caller) -> Micros {
    texts.iter().map(|text| Micros(worst(text, caller).0.saturating_mul(text.count))).sum()
}

/// Returns the most that one call for a text may cost. Its prompt may quote the last answer.
fn worst(text: &PlannedText, caller: &Caller) -> Micros {
    caller.worst(text.input + text.quoted, text.room)
}

/// Returns how long a call with `tokens` output tokens takes.
fn call_time(tokens: f64) -> Duration {
    Duration::from_secs_f64(FIRST_TOKEN_SECONDS + tokens / TOKENS_PER_SECOND)
}
