//! What a book will take: calls, tokens, money and time, before a call is made.

use std::time::Duration;

use bindery_shared::{
    attempt::Writing as _,
    book::{context::Context, money::Micros, request::Order},
    model::{Caller, estimate_tokens},
};

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
    /// From the first call to the last.
    pub time: Duration,
    /// The same, were one call made after another.
    pub sequential: Duration,
    /// The most that a lease on one chapter may spend: each of its parts once, at its worst.
    pub lease: Micros,
}

/// Output tokens of an English word, by common tokenizers.
const TOKENS_PER_WORD: f64 = 1.35;
/// What a prompt says beside the book part and the slice.
const REQUEST_TOKENS: u64 = 500;
/// A rewrite's prompt carries the draft.
const DRAFT_TOKENS: u64 = 2_500;
/// What a hosted model does at its usual speed; the estimate's only guess about time.
const TOKENS_PER_SECOND: f64 = 80.0;
const FIRST_TOKEN: f64 = 0.6;

/// Estimates a book from its context; the planning call is counted where the book is not compiled.
pub fn estimate(context: &Context, caller: &Caller) -> Estimate {
    let book = estimate_tokens(&context.book_part());
    let mut total = Estimate::default();
    let mut waves = [0.0_f64; 2];
    let mut sequential = 0.0;
    for slice in &context.chapters {
        let prompt = book + estimate_tokens(&context.slice_part(slice)) + REQUEST_TOKENS;
        let sections = u64::from(slice.sections);
        let summary = u64::from(context.has_last() && !slice.last);
        let calls = 1 + sections + summary;
        let text = tokens(f64::from(slice.length));
        let section = text / f64::from(slice.sections.max(1));
        let brief = 60.0 * f64::from(slice.sections);
        total.calls += calls;
        total.input += prompt * calls;
        total.output += whole(text + brief);
        let room = whole(section * 1.6).max(256) + REQUEST_TOKENS;
        let worst = caller.worst(prompt + DRAFT_TOKENS, room);
        total.lease = total.lease.max(Micros(worst.0.saturating_mul(calls)));
        let chain = seconds(brief) + seconds(section) + if summary > 0 { seconds(170.0) } else { 0.0 };
        let wave = usize::from(slice.last);
        waves[wave] = waves[wave].max(chain);
        sequential += seconds(brief) + f64::from(slice.sections) * seconds(section);
    }
    total.time = Duration::from_secs_f64(waves.iter().sum());
    total.sequential = Duration::from_secs_f64(sequential);
    total.cost = caller.cost(total.input, total.output);
    total
}

/// Adds the planning call to an estimate.
pub fn with_plan(mut estimate: Estimate, order: &Order, compiled: &Context, caller: &Caller) -> Estimate {
    let call = PlanWriting { order, compiled, caller }.call(1, None);
    let output = 400 + 110 * compiled.chapters.len() as u64;
    estimate.calls += 1;
    estimate.input += estimate_tokens(&call.prefix) + estimate_tokens(&call.slice) + estimate_tokens(&call.request);
    estimate.output += output;
    #[expect(clippy::cast_precision_loss, reason = "a count of tokens is far below 2^52")]
    let time = Duration::from_secs_f64(seconds(output as f64));
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

fn tokens(words: f64) -> f64 {
    words * TOKENS_PER_WORD
}

fn seconds(tokens: f64) -> f64 {
    FIRST_TOKEN + tokens / TOKENS_PER_SECOND
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
fn whole(tokens: f64) -> u64 {
    tokens.round() as u64
}
