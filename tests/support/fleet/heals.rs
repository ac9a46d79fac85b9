//! The heals of a fleet: what its sweepers logged that they repaired.

use std::collections::BTreeSet;

use super::Ended;

/// The reasons of the heals that happened, and those that a test expects.
pub(super) struct Heals {
    found: BTreeSet<String>,
    /// The expected reasons; `None` where any are allowed.
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

    /// Reads the heals from the log of a process.
    pub(super) fn note(&mut self, process: &Ended) {
        self.found.extend(process.healed());
    }

    #[track_caller]
    pub(super) fn check(&self) {
        if let Some(expected) = &self.expected {
            assert_eq!(self.found, *expected, "the heals are not those that the test expects");
        }
    }
}
