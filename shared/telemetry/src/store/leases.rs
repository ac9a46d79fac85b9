//! The leases this process holds, as far as its own statements tell.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::Part;

/// A lease: the book, the task, the fence.
type Name = (BookId, TaskId, u64);

#[derive(Default)]
pub(super) struct Leases(HashMap<Name, Lease>);

struct Lease {
    since: Instant,
    parts: BTreeMap<u16, Counts>,
}

/// What a part's record says.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    tries: u32,
    rewrites: u32,
    finished: bool,
    took: Duration,
}

/// What a checkpoint added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) tries: u32,
    pub(super) rewrites: u32,
    pub(super) finished: bool,
    pub(super) took: Duration,
}

impl From<&Part> for Counts {
    fn from(part: &Part) -> Self {
        Self {
            tries: part.tries,
            rewrites: part.rewrites,
            finished: part.finished(),
            took: Duration::from_millis(part.elapsed_ms),
        }
    }
}

impl Leases {
    /// Notes a lease; whether it is a new one: a claim that is repeated gets the same.
    pub(super) fn begin(&mut self, name: Name, parts: &BTreeMap<u16, Part>) -> bool {
        let parts = parts.iter().map(|(number, part)| (*number, Counts::from(part))).collect();
        self.0.insert(name, Lease { since: Instant::now(), parts }).is_none()
    }

    /// Notes a checkpoint.
    pub(super) fn keep(&mut self, name: &Name, number: u16, now: Counts) -> Change {
        let Some(lease) = self.0.get_mut(name) else { return Change::default() };
        let before = lease.parts.insert(number, now).unwrap_or_default();
        Change {
            tries: now.tries.saturating_sub(before.tries),
            rewrites: now.rewrites.saturating_sub(before.rewrites),
            finished: now.finished && !before.finished,
            took: now.took.saturating_sub(before.took),
        }
    }

    /// Notes that a lease is over, and returns since when it was held; none where that is known already.
    pub(super) fn end(&mut self, name: &Name) -> Option<Instant> {
        self.0.remove(name).map(|lease| lease.since)
    }
}
