//! Estimates of the calls, tokens, money and time that a book takes, made before its first call.

use std::time::Duration;

use bindery_context::{Context, Slice, contract::summary_length};
use bindery_domain::{Micros, estimate_tokens, expected_tokens, output_room};
use bindery_ledger::Order;
use bindery_model::Caller;
use bindery_runtime::attempt::{Before, Writing as _};

use super::PlanWriting;

/// What a book takes if nothing fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The number of model calls, with the planning call.
    pub calls: u64,
    /// The number of prompt tokens.
    pub input: u64,
    /// The number of output tokens.
    pub output: u64,
    /// The cost; `None` where the price is not known.
    pub cost: Option<Micros>,
    /// The time from the first call to the last if no call waits for a permit.
    pub time: Duration,
    /// The time if one call is made after another.
    pub sequential: Duration,
    /// The most that a lease on one chapter may spend: each of its parts once, at its highest cost.
    pub(crate) lease: Micros,
}

/// The tokens of a prompt beside the book part and the slice.
const REQUEST_TOKENS: u64 = 500;

/// The tokens of the draft in the prompt of a rewrite.
const DRAFT_TOKENS: u64 = 2_500;

/// The usual speed of a hosted model.
const TOKENS_PER_SECOND: f64 = 80.0;

/// The usual time until a hosted model's first token.
const FIRST_TOKEN_SECONDS: f64 = 0.6;

/// Estimates the owed chapters of a book from its context, without a planning call. `owed` takes a chapter's number.
pub fn estimate(context: &Context, caller: &Caller, owed: impl Fn(u32) -> bool) -> Estimate {
    let book = estimate_tokens(&context.book_part());
    let mut total = Estimate::default();
    let mut waves = [Duration::ZERO; 2];
    for slice in context.chapters.iter().filter(|slice| owed(slice.chapter)) {
        let chapter = ChapterEstimate::of(context, slice);
        let prompt = book + estimate_tokens(&context.slice_part(slice)) + REQUEST_TOKENS;
        total.calls += chapter.calls;
        total.input += prompt * chapter.calls + chapter.reread;
        total.output += rounded(chapter.brief + chapter.text + chapter.summary);
        let worst =
            caller.worst(prompt + DRAFT_TOKENS, chapter.max_output + REQUEST_TOKENS).0.saturating_mul(chapter.calls);
        total.lease = total.lease.max(Micros(worst) + caller.worst(chapter.reread, 0));
        let wave = usize::from(slice.last);
        waves[wave] = waves[wave].max(chapter.critical_path());
        total.sequential += chapter.sequential();
    }
    total.time = waves.iter().sum();
    total.cost = caller.cost(total.input, total.output);
    total
}

impl Estimate {
    /// Returns the estimate for at most `calls` calls at once.
    pub fn with_calls(self, calls: usize) -> Self {
        let at_once = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
        Self { time: self.time.max(self.sequential / at_once), ..self }
    }
}

/// What one chapter takes if nothing fails.
struct ChapterEstimate {
    calls: u64,
    sections: u32,
    /// Output tokens of the brief; 0 where plain code makes it.
    brief: f64,
    /// Output tokens of all sections.
    text: f64,
    /// Output tokens of the summary; 0 where no chapter is written from it.
    summary: f64,
    /// Prompt tokens of the finished chapter in the call that sums it up.
    reread: u64,
    /// The most output tokens of one section.
    max_output: u64,
}

impl ChapterEstimate {
    fn of(context: &Context, slice: &Slice) -> Self {
        let (unit, language) = (context.unit(), context.book.language.as_str());
        let summed = context.has_last() && !slice.last;
        let text = expected_tokens(slice.length, unit, language);
        let sections = slice.sections.max(1);
        Self {
            calls: u64::from(slice.needs_brief()) + u64::from(sections) + u64::from(summed),
            sections,
            brief: if slice.needs_brief() { 60.0 * f64::from(sections) } else { 0.0 },
            text,
            summary: if summed { expected_tokens(summary_length(unit), unit, language) } else { 0.0 },
            reread: if summed { rounded(text) } else { 0 },
            max_output: u64::from(output_room(slice.length.div_ceil(sections), unit, language)),
        }
    }

    /// Returns how long its calls take if each waits only for the calls whose answers it needs.
    fn critical_path(&self) -> Duration {
        call_time(self.brief) + call_time(self.text / f64::from(self.sections)) + call_time(self.summary)
    }

    /// Returns how long its calls take one after another.
    fn sequential(&self) -> Duration {
        call_time(self.brief)
            + call_time(self.text / f64::from(self.sections)) * self.sections
            + call_time(self.summary)
    }
}

/// Adds the planning call to an estimate.
pub fn with_plan(mut estimate: Estimate, order: &Order, compiled: &Context, caller: &Caller) -> Estimate {
    let call = PlanWriting { order, compiled, caller }.call(1, Before::default());
    let output = expected_answer(compiled);
    estimate.calls += 1;
    estimate.input += estimate_tokens(&call.prefix) + estimate_tokens(&call.slice) + estimate_tokens(&call.request);
    estimate.output += output;
    #[expect(clippy::cast_precision_loss, reason = "a count of tokens is far below 2^52")]
    let time = call_time(output as f64);
    estimate.time += time;
    estimate.sequential += time;
    estimate.cost = caller.cost(estimate.input, estimate.output);
    estimate
}

/// Returns the tokens that the answer to a planning call is expected to have.
pub(crate) fn expected_answer(compiled: &Context) -> u64 {
    400 + 110 * compiled.chapters.len() as u64
}

/// Returns the most that a book's planning call may cost.
pub(crate) fn plan_worst(order: &Order, compiled: &Context, caller: &Caller) -> Micros {
    let call = PlanWriting { order, compiled, caller }.call(1, Before::default());
    let input = estimate_tokens(&call.prefix) + estimate_tokens(&call.slice) + estimate_tokens(&call.request);
    caller.worst(input + REQUEST_TOKENS, u64::from(call.max_tokens))
}

/// Returns how long a call with `tokens` output tokens takes; nothing where no call is made.
fn call_time(tokens: f64) -> Duration {
    if tokens == 0.0 {
        return Duration::ZERO;
    }
    Duration::from_secs_f64(FIRST_TOKEN_SECONDS + tokens / TOKENS_PER_SECOND)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
fn rounded(tokens: f64) -> u64 {
    tokens.round() as u64
}
