//! The leases that this process holds, as far as its own commands tell.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Fence, Part};

/// Names a lease among all of a process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LeaseId {
    pub(super) book: BookId,
    pub(super) task: TaskId,
    pub(super) fence: Fence,
}

#[derive(Default)]
pub(super) struct Leases(HashMap<LeaseId, Lease>);

struct Lease {
    since: Instant,
    parts: BTreeMap<u16, PartCounts>,
}

/// What the ledger counts of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PartCounts {
    pub(super) tries: u32,
    pub(super) rewrites: u32,
    pub(super) finished: bool,
    pub(super) elapsed: Duration,
}

impl From<&Part> for PartCounts {
    fn from(part: &Part) -> Self {
        Self {
            tries: part.tries,
            rewrites: part.rewrites,
            finished: part.finished(),
            elapsed: Duration::from_millis(part.elapsed_ms),
        }
    }
}

impl Leases {
    /// Notes a lease and returns whether it is new: a claim that is repeated gets the same lease.
    pub(super) fn begin(&mut self, lease: LeaseId, parts: &BTreeMap<u16, Part>) -> bool {
        let parts = parts.iter().map(|(number, part)| (*number, PartCounts::from(part))).collect();
        self.0.insert(lease, Lease { since: Instant::now(), parts }).is_none()
    }

    /// Notes how far a part has come, and returns what was added since it was last noted.
    pub(super) fn checkpoint(&mut self, lease: &LeaseId, number: u16, part: &Part) -> PartCounts {
        let Some(lease) = self.0.get_mut(lease) else { return PartCounts::default() };
        let now = PartCounts::from(part);
        let before = lease.parts.insert(number, now).unwrap_or_default();
        PartCounts {
            tries: now.tries.saturating_sub(before.tries),
            rewrites: now.rewrites.saturating_sub(before.rewrites),
            finished: now.finished && !before.finished,
            elapsed: now.elapsed.saturating_sub(before.elapsed),
        }
    }

    /// Notes that a lease is over, and returns since when it was held; `None` where that was noted already.
    pub(super) fn end(&mut self, lease: &LeaseId) -> Option<Instant> {
        self.0.remove(lease).map(|lease| lease.since)
    }
}
