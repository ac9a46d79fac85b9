//! What the calls for one part take, for the model's track record.

use bindery_ledger::{Expected, Taken, TrackRecord};
use bindery_model::{Call, ModelCaller, Spending};

use bindery_domain::Micros;

use crate::TrackRecords;

/// Prices are those of a million tokens.
const MILLION: u64 = 1_000_000;

/// What was seen of the calls for one part. It is noted when it is dropped, so that the calls of work that is broken off
/// count too.
pub(super) struct Seen<'a> {
    records: &'a TrackRecords,
    caller: &'a ModelCaller,
    kind: &'static str,
    expected: Option<Expected>,
    pub(super) taken: Taken,
}

impl<'a> Seen<'a> {
    pub(super) fn new(records: &'a TrackRecords, caller: &'a ModelCaller, kind: &'static str) -> Self {
        Self { records, caller, kind, expected: None, taken: Taken::default() }
    }

    /// Notes the first call, whose answer would be enough if it were good.
    pub(super) fn expect(&mut self, call: &Call, output: u64) {
        self.expected.get_or_insert_with(|| Expected { input: call.estimated_input(), output });
    }

    pub(super) fn count(&mut self, spent: &Spending) {
        self.taken.calls += u64::from(spent.calls);
        self.taken.continuations += u64::from(spent.continuations);
        self.taken.usage += spent.usage;
        self.taken.usage.output += self.unreported(spent);
    }

    /// Returns the cost beyond that of the reported tokens, as output tokens. A call that broke off is charged in full, and
    /// its server reports nothing.
    fn unreported(&self, spent: &Spending) -> u64 {
        let Some(price) = self.caller.price().filter(|price| price.output > Micros::ZERO) else { return 0 };
        let beyond = spent.cost.saturating_sub(price.cost(&spent.usage));
        beyond.0.saturating_mul(MILLION) / price.output.0
    }

    /// Counts the part as kept or given up.
    pub(super) fn end(&mut self) {
        let Some(expected) = self.expected else { return };
        self.taken.texts = 1;
        self.taken.expected = expected;
    }
}

impl Drop for Seen<'_> {
    fn drop(&mut self) {
        if self.taken != Taken::default() {
            self.records.note(self.caller.name(), &TrackRecord::of(self.kind, self.taken));
        }
    }
}
