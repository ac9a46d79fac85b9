//! What this process knows of the tasks it works on. A step that keeps to a lease is decided from that, and the store, which
//! has it checked, is asked once instead of twice.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bindery_domain::{BookId, Moment, TaskId};
use bindery_ledger::{Book, Extent, Reading, Task, Writes};

use super::read::{Found, Versions};

/// Above so many, those whose leases have run out are looked for: of work that was broken off nobody says anything more.
const MANY: usize = 1_024;

#[derive(Default)]
pub(super) struct Leases(Mutex<HashMap<(BookId, TaskId), Known>>);

/// A task as this process has written it last, with what a step on it is told of its book.
struct Known {
    task: Task,
    version: String,
    book: Arc<Book>,
    book_version: Option<String>,
    seq: u64,
    now: StoreTime,
}

/// The store's time, told on by this machine's clock.
#[derive(Clone, Copy)]
struct StoreTime {
    told: Moment,
    at: Instant,
}

impl StoreTime {
    fn now(self) -> Moment {
        self.told + self.at.elapsed()
    }
}

impl Leases {
    /// Returns what is known of these tasks of a book; none where one of them is not known.
    pub(super) fn recall(&self, book: &BookId, tasks: &BTreeSet<TaskId>) -> Option<Found> {
        let known = self.known();
        let known: Vec<&Known> = tasks.iter().map(|task| known.get(&(book.clone(), *task))).collect::<Option<_>>()?;
        let last = known.iter().max_by_key(|known| known.now.at)?;
        let versions = Versions {
            book: last.book_version.clone(),
            tasks: known.iter().map(|known| (known.task.id, known.version.clone())).collect(),
            seq: last.seq,
            ..Versions::default()
        };
        let tasks: BTreeMap<TaskId, Task> = known.iter().map(|known| (known.task.id, known.task.clone())).collect();
        let reading = Reading { now: last.now.now(), book: (*last.book).clone(), tasks, extent: Extent::Alone };
        Some(Found { reading, versions, unreadable: HashMap::new() })
    }

    /// Takes note of what has become of these tasks of a book: what was written of them, with the versions it was given and
    /// the store's time. Those of which nothing was are forgotten, and those that have no lease any more.
    pub(super) fn note(
        &self,
        tasks: &BTreeSet<TaskId>,
        book: Book,
        (writes, versions, told): (&Writes, &Versions, Moment),
    ) {
        let (id, book) = (book.id.clone(), Arc::new(book));
        let now = StoreTime { told, at: Instant::now() };
        let mut known = self.known();
        for task in tasks {
            known.remove(&(id.clone(), *task));
        }
        // What becomes of a book that is settled is looked up: it may be opened again, and settle otherwise.
        let open = !book.state.settled();
        for task in writes.tasks.iter().filter(|task| open && task.lease.is_some()) {
            let Some(version) = versions.tasks.get(&task.id).cloned() else { continue };
            let (book, book_version) = (book.clone(), versions.book.clone());
            let of = Known { task: task.clone(), version, book, book_version, seq: versions.seq, now };
            known.insert((id.clone(), task.id), of);
        }
        if known.len() > MANY {
            known.retain(|_, known| known.task.lease.as_ref().is_some_and(|lease| lease.until > known.now.now()));
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(BookId, TaskId), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
