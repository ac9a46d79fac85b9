//! What the store tells of a fleet: the pace of the last hour, the workers at work, what tasks are put aside for, and the books that
//! stand still.

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{BookId, Moment, TaskId};
use bindery_ledger::{Book, Origin, Standing, State, Task};
use bindery_store::{Store, StoreError};

use crate::{Caller, Need, why};

#[cfg(test)]
mod tests;

/// The minutes that the pace is told of.
pub const PACE_MINUTES: usize = 60;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// The most chapters whose records are read for one look.
const MAX_CHAPTERS: u64 = 20_000;

/// The most stuck books that are described.
const MAX_STUCK: usize = 100;

/// The most reasons that are given for one book.
const MAX_REASONS: usize = 6;

/// What the store tells of a fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetLook {
    /// How many books are not settled.
    pub open: usize,
    /// How many of them are held.
    pub held: usize,
    /// How many books have failed in the last day.
    pub failed: usize,
    /// How many chapters of open books that are not held are still to be written.
    pub chapters_missing: u64,
    /// How many chapters were written in each of the last minutes, the oldest first. A chapter of a book that was deleted is not counted.
    pub pace: Vec<u32>,
    /// The workers that hold a lease, by name. A worker without a task is not known to the store.
    pub workers: Vec<BusyWorker>,
    /// What tasks are put aside for, that of most tasks first.
    pub waits: Vec<CommonWait>,
    /// The books that stand still until somebody does something or their wait is over, the longest first.
    pub stuck: Vec<StuckBook>,
    /// How many books stand still beside those.
    pub more_stuck: usize,
    /// How many books were not read, because the others have too many chapters. Nothing of them is told here.
    pub unread: usize,
}

/// A worker that holds leases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusyWorker {
    /// Its name.
    pub name: String,
    /// How many tasks it works on.
    pub tasks: usize,
    /// How many books these are of.
    pub books: usize,
    /// How many of its leases ran out: it fell silent.
    pub silent: usize,
}

/// What several tasks are put aside for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonWait {
    /// Why, as the provider or the ledger says it.
    pub reason: String,
    /// The models that write the books of these tasks.
    pub models: BTreeSet<String>,
    /// How many tasks wait so.
    pub tasks: usize,
    /// How many books these are of.
    pub books: usize,
    /// When the first of them is tried again.
    pub until: Moment,
}

/// A book that stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckBook {
    /// The book.
    pub book: Book,
    /// How many of its chapters are still to be written.
    pub missing: u64,
    /// Since when it has been held or settled; `None` where its tasks were put aside.
    pub since: Option<Moment>,
    /// What it waits for, a sentence each.
    pub reasons: Vec<String>,
    /// How many reasons there are beside those.
    pub more_reasons: usize,
}

impl Caller {
    /// Looks at the caller's books as a fleet. `advice` says how somebody gives a book what it needs.
    pub async fn look_at_fleet(
        &self,
        store: &dyn Store,
        now: Moment,
        advice: impl Fn(&Book, Need) -> String,
    ) -> Result<FleetLook, StoreError> {
        let mut books = store.books().await?;
        books.retain(|book| self.sees(book) && is_recent(book, now));
        books.sort_by_key(|book| (book.state.settled(), std::cmp::Reverse(book.accepted_at)));
        let mut look = FleetLook { pace: vec![0; PACE_MINUTES], ..FleetLook::count(&books) };
        look.chapters_missing = store.missing(&missing(&books)).await?;
        let mut gathered = Gathered::default();
        let mut chapters = 0;
        for book in books {
            chapters += u64::from(book.chapters);
            if chapters > MAX_CHAPTERS {
                look.unread += 1;
                continue;
            }
            let tasks = store.tasks(&book.id).await?;
            count_pace(&mut look.pace, &tasks, now);
            gathered.add(&book, &tasks, now);
            if stands_still(&book, &tasks, now) {
                look.stuck.push(stuck(book, &tasks, now, &advice));
            }
        }
        look.stuck.sort_by_key(|stuck| stuck.since.unwrap_or(now));
        look.more_stuck = look.stuck.len().saturating_sub(MAX_STUCK);
        look.stuck.truncate(MAX_STUCK);
        (look.workers, look.waits) = gathered.told();
        Ok(look)
    }
}

impl FleetLook {
    fn count(books: &[Book]) -> Self {
        let open = || books.iter().filter(|book| !book.state.settled());
        Self {
            open: open().count(),
            held: open().filter(|book| book.held()).count(),
            failed: books.iter().filter(|book| matches!(book.state, State::Failed(_))).count(),
            ..Self::default()
        }
    }
}

/// Returns whether a book is open, failed in the last day, or settled in the time that the pace is told of.
fn is_recent(book: &Book, now: Moment) -> bool {
    let window = match book.state {
        State::Failed(_) => DAY_MS,
        state if state.settled() => PACE_MINUTES as u64 * MINUTE_MS,
        _ => return true,
    };
    book.settled_at.is_some_and(|settled| now.0.saturating_sub(settled.0) < window)
}

/// Returns the open books whose missing chapters count.
fn missing(books: &[Book]) -> Vec<BookId> {
    let counts = |book: &&Book| !book.state.settled() && !book.held();
    books.iter().filter(counts).map(|book| book.id.clone()).collect()
}

/// Counts the chapters that were written, each in its minute.
fn count_pace(pace: &mut [u32], tasks: &[Task], now: Moment) {
    for task in tasks.iter().filter(|task| matches!(task.id, TaskId::Write(_))) {
        let former = task.former.iter().map(|version| (version.origin, version.at));
        let written = former.chain(task.result.as_ref().map(|result| (result.origin, result.at)));
        for at in written.filter(|(origin, _)| *origin == Origin::Written).filter_map(|(_, at)| at) {
            let ago = usize::try_from(now.0.saturating_sub(at.0) / MINUTE_MS).unwrap_or(usize::MAX);
            if let Some(minute) = pace.len().checked_sub(ago + 1) {
                pace[minute] += 1;
            }
        }
    }
}

/// Returns whether a book does not continue until somebody does something, or until its wait is over.
fn stands_still(book: &Book, tasks: &[Task], now: Moment) -> bool {
    if book.state.settled() {
        return matches!(book.state, State::Failed(_));
    }
    let works = |task: &Task| task.lease.as_ref().is_some_and(|lease| lease.until > now);
    let waits = |task: &Task| task.standing == Standing::Released && (task.parked.is_some() || task.lease.is_some());
    book.held() || (!tasks.iter().any(works) && tasks.iter().any(waits))
}

fn stuck(book: Book, tasks: &[Task], now: Moment, advice: &impl Fn(&Book, Need) -> String) -> StuckBook {
    let mut reasons = why(&book, tasks, now, |need| advice(&book, need));
    let more_reasons = reasons.len().saturating_sub(MAX_REASONS);
    reasons.truncate(MAX_REASONS);
    let chapters = tasks.iter().filter(|task| matches!(task.id, TaskId::Write(_)) && task.standing.missing());
    StuckBook {
        missing: chapters.count() as u64,
        since: book.held_since.or(book.settled_at),
        reasons,
        more_reasons,
        book,
    }
}

/// What is gathered of the tasks of all books.
#[derive(Default)]
struct Gathered {
    workers: BTreeMap<String, (BusyWorker, BTreeSet<BookId>)>,
    waits: BTreeMap<String, (CommonWait, BTreeSet<BookId>)>,
}

impl Gathered {
    fn add(&mut self, book: &Book, tasks: &[Task], now: Moment) {
        for task in tasks.iter().filter(|task| task.standing == Standing::Released) {
            if let Some(lease) = &task.lease {
                let (worker, books) = self.workers.entry(lease.worker.clone()).or_default();
                if lease.until > now {
                    worker.tasks += 1
                } else {
                    worker.silent += 1
                }
                books.insert(book.id.clone());
            } else if let (Some(reason), Some(due)) = (&task.parked, task.due) {
                let (wait, books) =
                    self.waits.entry(reason.clone()).or_insert_with(|| (unmet(reason, due), BTreeSet::new()));
                wait.tasks += 1;
                wait.until = wait.until.min(due);
                wait.models.extend(book.models().names().into_iter().map(str::to_owned));
                books.insert(book.id.clone());
            }
        }
    }

    fn told(self) -> (Vec<BusyWorker>, Vec<CommonWait>) {
        let workers = self.workers.into_iter();
        let workers =
            workers.map(|(name, (worker, books))| BusyWorker { name, books: books.len(), ..worker }).collect();
        let waits = self.waits.into_values();
        let mut waits: Vec<_> = waits.map(|(wait, books)| CommonWait { books: books.len(), ..wait }).collect();
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.tasks));
        (workers, waits)
    }
}

fn unmet(reason: &str, until: Moment) -> CommonWait {
    CommonWait { reason: reason.to_owned(), models: BTreeSet::new(), tasks: 0, books: 0, until }
}
