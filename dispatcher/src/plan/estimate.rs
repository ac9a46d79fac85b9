//! What a book will take: calls, tokens, money and time, before a call is made.

use std::time::Duration;

use bindery_context::{Context, Slice, contract::summary_length};
use bindery_domain::{Micros, estimate_tokens, expected_tokens, output_room};
use bindery_ledger::Order;
use bindery_model::Caller;
use bindery_runtime::attempt::Writing as _;

use super::PlanWriting;

/// What a book is expected to take when nothing fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Model calls, the plan's included.
    pub calls: u64,
    /// Prompt tokens.
    pub input: u64,
    /// Output tokens.
    pub output: u64,
    /// Money, where prices are known.
    pub cost: Option<Micros>,
    /// From the first call to the last, with as many calls at once as there are to make.
    pub time: Duration,
    /// The same, were one call made after another.
    pub sequential: Duration,
    /// The most that a lease on one chapter may spend: each of its parts once, at its worst.
    pub lease: Micros,
}

/// What a prompt says beside the book part and the slice.
const REQUEST_TOKENS: u64 = 500;
/// A rewrite's prompt carries the draft.
const DRAFT_TOKENS: u64 = 2_500;
/// What a hosted model does at its usual speed; the estimate's only guess about time.
const TOKENS_PER_SECOND: f64 = 80.0;
const FIRST_TOKEN: f64 = 0.6;

/// Estimates those chapters of a book that are owed, by their numbers, from its context and without a planning call.
pub fn estimate(context: &Context, caller: &Caller, owed: impl Fn(u32) -> bool) -> Estimate {
    let book = estimate_tokens(&context.book_part());
    let mut total = Estimate::default();
    let mut waves = [Duration::ZERO; 2];
    for slice in context.chapters.iter().filter(|slice| owed(slice.chapter)) {
        let takes = ChapterTakes::of(context, slice);
        let prompt = book + estimate_tokens(&context.slice_part(slice)) + REQUEST_TOKENS;
        total.calls += takes.calls;
        total.input += prompt * takes.calls + takes.reread;
        total.output += whole(takes.brief + takes.text + takes.summary);
        let worst = caller.worst(prompt + DRAFT_TOKENS, takes.room + REQUEST_TOKENS).0.saturating_mul(takes.calls);
        total.lease = total.lease.max(Micros(worst) + caller.worst(takes.reread, 0));
        let wave = usize::from(slice.last);
        waves[wave] = waves[wave].max(takes.chain());
        total.sequential += takes.sequential();
    }
    total.time = waves.iter().sum();
    total.cost = caller.cost(total.input, total.output);
    total
}

impl Estimate {
    /// Returns how long the book takes where only so many calls are made at once.
    pub fn time_with(&self, calls: usize) -> Duration {
        let at_once = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
        self.time.max(self.sequential / at_once)
    }
}

/// What one chapter is expected to take.
struct ChapterTakes {
    calls: u64,
    sections: u32,
    /// Output tokens of the brief.
    brief: f64,
    /// Output tokens of all sections.
    text: f64,
    /// Output tokens of the summary; none where no chapter is written from it.
    summary: f64,
    /// Prompt tokens of the finished chapter, where it is summed up.
    reread: u64,
    /// Output tokens that one section may take.
    room: u64,
}

impl ChapterTakes {
    fn of(context: &Context, slice: &Slice) -> Self {
        let (unit, language) = (context.unit(), context.book.language.as_str());
        let summed = context.has_last() && !slice.last;
        let text = expected_tokens(slice.length, unit, language);
        let sections = slice.sections.max(1);
        Self {
            calls: 1 + u64::from(sections) + u64::from(summed),
            sections,
            brief: 60.0 * f64::from(sections),
            text,
            summary: if summed { expected_tokens(summary_length(unit), unit, language) } else { 0.0 },
            reread: if summed { whole(text) } else { 0 },
            room: u64::from(output_room(slice.length.div_ceil(sections), unit, language)),
        }
    }

    /// Returns how long its calls take, each after what it needs.
    fn chain(&self) -> Duration {
        seconds(self.brief) + seconds(self.text / f64::from(self.sections)) + self.summing()
    }

    /// Returns how long its calls take one after another.
    fn sequential(&self) -> Duration {
        seconds(self.brief) + seconds(self.text / f64::from(self.sections)) * self.sections + self.summing()
    }

    fn summing(&self) -> Duration {
        if self.summary > 0.0 { seconds(self.summary) } else { Duration::ZERO }
    }
}

/// Adds the planning call to an estimate.
pub fn with_plan(mut estimate: Estimate, order: &Order, compiled: &Context, caller: &Caller) -> Estimate {
    let call = PlanWriting { order, compiled, caller }.call(1, None);
    let output = 400 + 110 * compiled.chapters.len() as u64;
    estimate.calls += 1;
    estimate.input += estimate_tokens(&call.prefix) + estimate_tokens(&call.slice) + estimate_tokens(&call.request);
    estimate.output += output;
    #[expect(clippy::cast_precision_loss, reason = "a count of tokens is far below 2^52")]
    let time = seconds(output as f64);
    estimate.time += time;
    estimate.sequential += time;
    estimate.cost = caller.cost(estimate.input, estimate.output);
    estimate
}

/// Returns the most that a book's planning call may cost.
pub fn plan_worst(order: &Order, compiled: &Context, caller: &Caller) -> Micros {
    let call = PlanWriting { order, compiled, caller }.call(1, None);
    let input = estimate_tokens(&call.prefix) + estimate_tokens(&call.slice) + estimate_tokens(&call.request);
    caller.worst(input + REQUEST_TOKENS, u64::from(call.max_tokens))
}

/// Returns how long a call takes that makes so many tokens.
fn seconds(tokens: f64) -> Duration {
    Duration::from_secs_f64(FIRST_TOKEN + tokens / TOKENS_PER_SECOND)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
fn whole(tokens: f64) -> u64 {
    tokens.round() as u64
}
