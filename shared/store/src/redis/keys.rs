//! The names of keys, and the places of tasks within them.

use bindery_domain::{BookId, Digest, TaskId};
use bindery_ledger::Task;

/// Books by the time at which they were accepted. The indexes across books share a hash tag, so that the hints of a step
/// take one round trip to one node of a cluster.
pub(super) const BOOKS: &str = "bindery:{index}:books";
/// Books that are not settled.
pub(super) const OPEN: &str = "bindery:{index}:open";
/// Books by a time that is not later than their earliest due time.
pub(super) const DUE: &str = "bindery:{index}:due";
/// Books with unpublished events, by the number of one of their events.
pub(super) const UNPUBLISHED: &str = "bindery:{index}:untold";

/// The server's id and the counter that shows whether it has lost writes.
pub(super) const HEARTBEAT: &str = "bindery:{index}:heartbeat";
/// The numbers of the counters on a cluster. Each of their hash slots lies in another thirty-second of all slots, so that every
/// master with a few hundred slots in a row has a counter.
const BEATS: [u16; 32] = [
    13, 0, 22, 31, 62, 71, 53, 40, 12, 1, 23, 30, 63, 70, 52, 41, 11, 2, 20, 33, 60, 73, 51, 42, 10, 3, 21, 32, 61, 72,
    50, 43,
];
/// Written before the server is asked whether the indexes are on its disk.
pub(super) const SYNCED: &str = "bindery:{index}:synced";

/// The keys of callers by their ids.
pub(super) const ACCESS_KEYS: &str = "bindery:{index}:keys";

/// The webhooks by their ids. A tag of their own keeps the traffic of notices apart from the indexes across books.
pub(super) const WEBHOOKS: &str = "bindery:{webhooks}:webhooks";
/// The notices by their ids.
pub(super) const NOTICES: &str = "bindery:{webhooks}:notices";
/// The ids of the notices by their due times.
pub(super) const DUE_NOTICES: &str = "bindery:{webhooks}:due";

/// The place of the book's own due time among the due times of its tasks.
pub(super) const OWN: &str = "book";

/// The binding's place, which is above any chapter's.
pub(super) const BIND: u64 = 1 << 32;

/// The audit's place.
pub(super) const AUDIT: u64 = BIND + 1;

/// A book's keys, except those of its texts. The last one is the set that names the texts.
const NAMES: [&str; 10] =
    ["book", "tasks", "versions", "waiting", "released", "dead", "owed", "due", "events", "texts"];

/// The keys of one book. The hash tag keeps them on one node of a cluster.
pub(super) struct Keys {
    stem: String,
}

impl Keys {
    pub(super) fn of(book: &BookId) -> Self {
        Self { stem: format!("bindery:{{{book}}}") }
    }

    /// Returns all keys except those of the texts, in the order in which the scripts take them.
    pub(super) fn all(&self) -> Vec<String> {
        NAMES.iter().map(|name| self.named(name)).collect()
    }

    pub(super) fn book(&self) -> String {
        self.named("book")
    }

    pub(super) fn tasks(&self) -> String {
        self.named("tasks")
    }

    /// Returns the sets of the missing chapters and repairs: those that wait, and those that are released.
    pub(super) fn missing(&self) -> [String; 2] {
        ["waiting", "released"].map(|name| self.named(name))
    }

    pub(super) fn due(&self) -> String {
        self.named("due")
    }

    pub(super) fn events(&self) -> String {
        self.named("events")
    }

    pub(super) fn texts(&self) -> String {
        self.named("texts")
    }

    /// Returns the key of the texts that are under way. It expires.
    pub(super) fn live(&self) -> String {
        self.named("live")
    }

    /// Returns the key that is written before the server is asked whether the book is on its disk.
    pub(super) fn synced(&self) -> String {
        self.named("synced")
    }

    pub(super) fn text(&self, digest: &Digest) -> String {
        self.text_named(digest.as_str())
    }

    pub(super) fn text_named(&self, digest: &str) -> String {
        format!("{}:text:{digest}", self.stem)
    }

    fn named(&self, name: &str) -> String {
        format!("{}:{name}", self.stem)
    }
}

/// Returns the keys of the counters that show whether a master of a cluster has lost writes.
pub(super) fn beats() -> impl Iterator<Item = String> {
    BEATS.into_iter().map(|number| format!("bindery:{{beat-{number}}}:heartbeat"))
}

/// Returns the key of a leader lock.
pub(super) fn leader_lock(name: &str) -> String {
    format!("bindery:post:{name}")
}

/// Returns the key of the set that names the dead notices of a webhook.
pub(super) fn dead_notices(webhook: &str) -> String {
    format!("bindery:{{webhooks}}:dead:{webhook}")
}

/// Returns the key of a model's track record.
pub(super) fn track_record(model: &str) -> String {
    format!("bindery:model:{model}")
}

/// Returns a task's place in its book's records: the plan first, then the chapters, the binding, the audit, and the repairs by
/// round. A place has at most 50 bits, which the scores of a sorted set hold exactly.
pub(super) fn place(task: TaskId) -> u64 {
    match task {
        TaskId::Plan => 0,
        TaskId::Write(chapter) => u64::from(chapter),
        TaskId::Audit => AUDIT,
        TaskId::Repair { round, chapter } => ((u64::from(round) + 1) << 32) + u64::from(chapter),
        TaskId::Bind => BIND,
    }
}

/// Returns the task at a place; `None` where the place is not a task's.
pub(super) fn at(place: &str) -> Option<TaskId> {
    match place.parse().ok()? {
        0 => Some(TaskId::Plan),
        BIND => Some(TaskId::Bind),
        AUDIT => Some(TaskId::Audit),
        place if place < BIND => u32::try_from(place).ok().map(TaskId::Write),
        place => {
            let round = u16::try_from((place >> 32).checked_sub(1)?).ok().filter(|round| *round > 0)?;
            let chapter = u32::try_from(place & 0xffff_ffff).ok()?;
            Some(TaskId::Repair { round, chapter })
        }
    }
}

/// Returns the score that orders chapters and repairs by wave and number. It has 48 bits, which the scores of a sorted set hold
/// exactly.
pub(super) fn order(task: &Task) -> Option<u64> {
    let number = match task.id {
        TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => chapter,
        TaskId::Plan | TaskId::Audit | TaskId::Bind => return None,
    };
    Some((u64::from(task.wave) << 32) + u64::from(number))
}
