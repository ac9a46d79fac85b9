//! What the calls of one model have taken so far. The cost of the next book is estimated from it.

use std::collections::BTreeMap;

use bindery_domain::{UnknownFields, Usage};
use serde::{Deserialize, Serialize};

/// The most texts of a kind that a record counts. Beyond that the figures of all kinds are halved. So the record
/// follows a model that changes, and the kinds keep their ratios.
const MOST_TEXTS: u64 = 2_000;

/// What a model's calls have taken, by the kind of the text that they were made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// The figures by kind, such as `section`.
    pub kinds: BTreeMap<String, Taken>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// What the texts of one kind have taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Taken {
    /// The texts that were kept or given up.
    pub texts: u64,
    /// What these texts take if each first answer is good.
    pub expected: Expected,
    /// The calls that were made, among them those that failed.
    pub calls: u64,
    /// The failed tries.
    pub tries: u64,
    /// The rewrites of texts that missed their targets.
    pub rewrites: u64,
    /// The calls that continued a text which had reached its limit.
    pub continuations: u64,
    /// The tokens that were charged. What was charged for calls of which the server reported nothing counts as output.
    pub usage: Usage,
}

/// The tokens that are expected before a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The tokens of the prompt, by the estimate that errs upwards.
    pub input: u64,
    /// The tokens of the text.
    pub output: u64,
}

impl TrackRecord {
    /// Returns the record of one kind of text.
    pub fn of(kind: &str, taken: Taken) -> Self {
        Self { kinds: [(kind.to_owned(), taken)].into(), ..Self::default() }
    }

    /// Returns whether it counts nothing.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Adds what further calls have taken.
    pub fn add(&mut self, other: &Self) {
        for (kind, more) in &other.kinds {
            self.kinds.entry(kind.clone()).or_default().add(more);
        }
        while self.kinds.values().any(|taken| taken.texts > MOST_TEXTS) {
            self.kinds.values_mut().for_each(Taken::halve);
        }
    }
}

impl Taken {
    fn add(&mut self, more: &Self) {
        self.texts += more.texts;
        self.expected.input += more.expected.input;
        self.expected.output += more.expected.output;
        self.calls += more.calls;
        self.tries += more.tries;
        self.rewrites += more.rewrites;
        self.continuations += more.continuations;
        self.usage += more.usage;
    }

    /// Rounds up, so that a kind with few texts is not forgotten.
    fn halve(&mut self) {
        let Self { texts, expected, calls, tries, rewrites, continuations, usage } = self;
        let counts = [texts, &mut expected.input, &mut expected.output, calls, tries, rewrites, continuations];
        let Usage { input, cached, cache_written, output, reasoning } = usage;
        counts
            .into_iter()
            .chain([input, cached, cache_written, output, reasoning])
            .for_each(|count| *count = count.div_ceil(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(texts: u64) -> TrackRecord {
        let usage = Usage { input: 1_000 * texts, output: 900 * texts, ..Usage::default() };
        let expected = Expected { input: 1_200 * texts, output: 800 * texts };
        TrackRecord::of("section", Taken { texts, expected, calls: texts, usage, ..Taken::default() })
    }

    #[test]
    fn what_further_calls_took_is_added_by_kind() {
        let mut record = section(3);
        record.add(&section(2));
        record.add(&TrackRecord::of("brief", Taken { calls: 1, ..Taken::default() }));
        assert_eq!(record.kinds["section"], section(5).kinds["section"]);
        assert_eq!(record.kinds["brief"].calls, 1);
    }

    #[test]
    fn a_long_record_is_halved_and_keeps_the_proportions_within_and_between_its_kinds() {
        let mut record = section(MOST_TEXTS);
        record.add(&TrackRecord::of("repair", Taken { texts: 200, ..Taken::default() }));
        record.add(&section(10));
        assert_eq!(record.kinds["section"], section((MOST_TEXTS + 10) / 2).kinds["section"]);
        assert_eq!(record.kinds["repair"].texts, 100);
    }
}
