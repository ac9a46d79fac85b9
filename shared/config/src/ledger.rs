//! Settings of the ledger: its clocks, and how often it tries.

use std::time::Duration;

use bindery_domain::duration;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The ledger's clocks and limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSettings {
    /// How long a worker's right to a task lasts without a renewal.
    #[serde(with = "duration")]
    pub lease: Duration,
    /// How often a worker renews its lease.
    #[serde(with = "duration")]
    pub renew: Duration,
    /// How long a released task may wait to be marked as published.
    #[serde(with = "duration")]
    pub publish_grace: Duration,
    /// How long a published task may stay unclaimed before it counts as lost.
    #[serde(with = "duration")]
    pub lost_after: Duration,
    /// How long a book may take, holds not counted.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// Chapters of one book released at once.
    pub window: u32,
    /// Charged tries of a part before its chapter is dead.
    pub tries: u32,
    /// Targeted rewrites of a part that misses its targets.
    pub rewrites: u32,
    /// Leases of a chapter that end with no new part before its one try in `solo`.
    pub solo_after: u32,
}

impl LedgerSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.lasts("ledger.lease", self.lease, SECOND..=HOUR);
        problems.lasts("ledger.publish_grace", self.publish_grace, SECOND..=HOUR);
        problems.lasts("ledger.lost_after", self.lost_after, SECOND..=24 * HOUR);
        problems.lasts("ledger.deadline", self.deadline, SECOND..=MONTH);
        problems.within("ledger.window", self.window, 1..=1000);
        problems.within("ledger.tries", self.tries, 1..=20);
        problems.within("ledger.rewrites", self.rewrites, 0..=10);
        problems.within("ledger.solo_after", self.solo_after, 1..=20);
        if self.renew.is_zero() || self.renew > self.lease / 2 {
            let [renew, lease] = [self.renew, self.lease].map(duration::text);
            problems.add(
                "ledger.renew",
                format!("is {renew}, but must be above 0s and at most half of ledger.lease, {lease}"),
            );
        }
    }
}
