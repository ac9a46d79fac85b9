//! Settings of the ledger: its times and its limits.

use std::time::Duration;

use bindery_domain::duration;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The times and limits of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSettings {
    /// How long a worker's lease of a task lasts without a renewal.
    #[serde(with = "duration")]
    pub lease: Duration,
    /// How often a worker renews its leases.
    #[serde(with = "duration")]
    pub renew: Duration,
    /// How long a released task may wait to be marked as published.
    #[serde(with = "duration")]
    pub publish_grace: Duration,
    /// How long a published task may stay unclaimed before it counts as lost.
    #[serde(with = "duration")]
    pub lost_after: Duration,
    /// How long a book may take, without the time of its holds.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// How many chapters of one book are released at once.
    pub window: u32,
    /// After how many charged tries of a part its chapter is dead.
    pub tries: u32,
    /// How often a part that misses its targets may be rewritten.
    pub rewrites: u32,
    /// After how many leases without a new part a chapter gets its one try in `solo`.
    pub solo_after: u32,
}

impl LedgerSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_duration("ledger.lease", self.lease, SECOND..=HOUR);
        problems.check_duration("ledger.publish_grace", self.publish_grace, SECOND..=HOUR);
        problems.check_duration("ledger.lost_after", self.lost_after, SECOND..=24 * HOUR);
        problems.check_duration("ledger.deadline", self.deadline, SECOND..=MONTH);
        problems.check_range("ledger.window", self.window, 1..=1000);
        problems.check_range("ledger.tries", self.tries, 1..=20);
        problems.check_range("ledger.rewrites", self.rewrites, 0..=10);
        problems.check_range("ledger.solo_after", self.solo_after, 1..=20);
        if self.renew.is_zero() || self.renew > self.lease / 2 {
            let [renew, lease] = [self.renew, self.lease].map(duration::text);
            problems.add(
                "ledger.renew",
                format!("is {renew}, but must be above 0s and at most half of ledger.lease, {lease}"),
            );
        }
    }
}
