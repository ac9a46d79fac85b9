//! What a model makes of its texts: how many calls and tokens it takes beyond those of a good first answer.

use bindery_domain::Usage;
use bindery_ledger::{Taken, TrackRecord};
use bindery_model::ModelCaller;

use super::texts::PlannedText;

/// What is assumed of a model that was never seen.
mod prior {
    /// One text in twenty takes a further call.
    pub(super) const CALLS: f64 = 1.05;
    /// A prompt takes three quarters of the tokens of the estimate, which errs upwards, and one in twenty is sent again.
    pub(super) const INPUT: f64 = 0.75 * CALLS;
    /// A text has the length that is asked for, and one in twenty is written again.
    pub(super) const OUTPUT: f64 = CALLS;
    /// A model that reasons by its name reasons about as long as it writes.
    pub(super) const REASONING: f64 = 1.0;
    /// One section in twenty is mended after the audit, a third of what an audit may order.
    pub(super) const REPAIRED: f64 = 0.05;
    /// How many texts of the track record weigh as much as these assumptions.
    pub(super) const TEXTS: f64 = 2.0;
}

/// How a model writes texts of one kind.
pub(super) struct Habit {
    /// The calls for a text.
    calls: f64,
    /// The prompt tokens, in multiples of those of the first call.
    input: f64,
    /// The output tokens without reasoning, in multiples of the text's.
    output: f64,
    /// The tokens for reasoning about a text. They depend on the model more than on the length of the text.
    reasoning: f64,
    /// The shares of the prompt tokens that are read from the server's cache and written to it.
    cached: f64,
    cache_written: f64,
}

impl Habit {
    /// Returns a model's habit by its track record, and by what is assumed of any model where the record is short.
    pub(super) fn of(text: &PlannedText, record: &TrackRecord, caller: &ModelCaller) -> Self {
        let taken = record.kinds.get(text.kind).copied().unwrap_or_default();
        let reasoning = if caller.reasons() { prior::REASONING * text.output as f64 } else { 0.0 };
        let Taken { texts, expected, calls, usage, .. } = taken;
        let mix = |assumed: f64, seen: u64, of: u64| mixed(assumed, seen, of, texts);
        Self {
            calls: mix(prior::CALLS, calls, texts),
            input: mix(prior::INPUT, usage.input, expected.input),
            output: mix(prior::OUTPUT, usage.output.saturating_sub(usage.reasoning), expected.output),
            reasoning: mix(reasoning, usage.reasoning, texts),
            cached: mix(0.0, usage.cached, usage.input),
            cache_written: mix(0.0, usage.cache_written, usage.input),
        }
    }

    /// Returns how many calls beyond the first a text takes.
    pub(super) fn repeated(&self) -> f64 {
        (self.calls - 1.0).max(0.0)
    }

    /// Returns the tokens that texts take.
    pub(super) fn usage(&self, text: &PlannedText) -> Usage {
        let input = self.input * (text.input * text.count) as f64;
        Usage {
            input: rounded(input),
            cached: rounded(input * self.cached),
            cache_written: rounded(input * self.cache_written),
            output: rounded((self.output * text.output as f64 + self.reasoning) * text.count as f64),
            reasoning: rounded(self.reasoning * text.count as f64),
        }
    }
}

/// Returns how many repairs an audit is likely to order, of at most `most`. The share of a model's sections that was
/// mended before decides.
pub(super) fn likely_repairs(record: &TrackRecord, most: u64, in_book: u64) -> u64 {
    let texts = |kind: &str| record.kinds.get(kind).map_or(0, |taken| taken.texts);
    let sections = texts("section");
    let share = mixed(prior::REPAIRED, texts("repair"), sections, sections);
    rounded(in_book as f64 * share).min(most)
}

/// Mixes what is assumed with the ratio that was seen in a number of texts.
fn mixed(assumed: f64, seen: u64, of: u64, texts: u64) -> f64 {
    if of == 0 {
        return assumed;
    }
    let texts = texts as f64;
    (prior::TEXTS * assumed + texts * seen as f64 / of as f64) / (prior::TEXTS + texts)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
fn rounded(tokens: f64) -> u64 {
    tokens.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sections: u64, repairs: u64) -> TrackRecord {
        let mut record = TrackRecord::of("section", Taken { texts: sections, ..Taken::default() });
        record.add(&TrackRecord::of("repair", Taken { texts: repairs, ..Taken::default() }));
        record
    }

    #[test]
    fn repairs_follow_the_share_of_sections_that_was_mended_before() {
        // An audit may order 15 repairs of 100 sections.
        assert_eq!(likely_repairs(&TrackRecord::default(), 15, 100), 5);
        assert_eq!(likely_repairs(&record(400, 0), 15, 100), 0);
        assert_eq!(likely_repairs(&record(400, 40), 15, 100), 10);
        assert_eq!(likely_repairs(&record(400, 200), 15, 100), 15);
    }
}
