//! What the sweepers of a fleet had to repair, as they say it.

use std::collections::BTreeSet;

use super::Ended;

/// The reasons for which something was repaired, and those that a test expects.
pub(super) struct Heals {
    found: BTreeSet<String>,
    /// None where any may be.
    expected: Option<BTreeSet<String>>,
}

impl Heals {
    pub(super) fn none() -> Self {
        Self { found: BTreeSet::new(), expected: Some(BTreeSet::new()) }
    }

    pub(super) fn expect(&mut self, reasons: &[&str]) {
        self.expected = Some(reasons.iter().map(|&reason| reason.to_owned()).collect());
    }

    pub(super) fn allow_all(&mut self) {
        self.expected = None;
    }

    /// Reads what a process has said of its repairs.
    pub(super) fn note(&mut self, process: &Ended) {
        self.found.extend(process.healed());
    }

    #[track_caller]
    pub(super) fn check(&self) {
        if let Some(expected) = &self.expected {
            assert_eq!(self.found, *expected, "what the sweepers repaired, and what they had to");
        }
    }
}
