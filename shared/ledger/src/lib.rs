//! The ledger: the rules that decide which tasks are done, which are still owed, and who may commit a result.
//!
//! The rules are pure functions: [`step`] decides a command about one task, [`operate`] decides what an operator or the clock
//! does to a whole book, and [`accept`] decides a request. A store reads the records, calls one of these functions, and applies
//! all of the [`Writes`] or none. It uses one transaction, or it checks that the records have not changed since it read them.
//!
//! The rules count no completions: a wave is settled when no chapter of it is missing.

mod accept;
mod advance;
mod audit;
mod book;
pub mod chain;
mod command;
mod event;
mod group;
mod lease;
mod operate;
mod outlined;
mod preset;
mod request;
mod retain;
mod settle;
mod sweep;
mod task;
mod track_record;
mod version;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod histories;
#[cfg(any(test, feature = "testing"))]
pub mod sample;
#[cfg(test)]
mod world;

use std::{collections::BTreeMap, time::Duration};

pub use accept::{Accepted, accept};
pub use audit::{Audit, RepairOrder, SectionRecord, current_sections, current_texts, section_records};
pub use book::{Binding, Book, BoundFile, BoundText, Hold, Money, Stage, State, Texts, VERSION};
pub use command::{Answer, Checkpoint, Command, Grant, Output, Parking, Plan, Released};
pub use event::{Event, EventKind};
pub use group::{Group, Reading, Standings};
pub use operate::{EditedText, Operated, Operation, Revision, operate};
pub use preset::{BookChecks, Knobs, Preset};
pub use request::{AuditMode, GapPolicy, GivenPicture, Order, PlanMode, Request, Terms, Topic};
pub use task::{
    CHOICE_PART, Ending, FACTS_PART, Fence, JUDGEMENT_PART, Lease, OUTLINE_PART, Part, RevisionOrder, Standing, Task,
    TaskResult, draft_part, is_draft, section_of,
};
pub use track_record::{Expected, Taken, TrackRecord};
pub use version::{NoVersion, Origin, Version, VersionName, versions};

use bindery_domain::{BookId, Digest, HashedText, Lane, Moment, TaskId};
use bindery_outline::Outline;

use self::settle::Finished;

/// The ledger's timers and limits. They are settings so that tests can shorten them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long a lease lasts unless renewed.
    pub lease: Duration,
    /// How long a released task may stay unpublished before the sweeper publishes it.
    pub publish_grace: Duration,
    /// How long a published task may stay unclaimed before its message counts as lost.
    pub lost_after: Duration,
    /// The number of leases in a row without a new part after which a task is tried alone.
    pub solo_after: u32,
    /// How long the texts of a book stay after the book has settled; `None` where they stay for ever.
    pub retention: Option<Duration>,
    /// How many books may be open before no new one is accepted; `None` where that has no limit.
    pub max_open_books: Option<u64>,
}

/// A whole book, as a store reads it for a request or an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBook {
    /// The book.
    pub book: Book,
    /// All its tasks, in the order of their places.
    pub tasks: Vec<Task>,
}

/// What a store reads for one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The store's time.
    pub now: Moment,
    /// The book.
    pub book: Book,
    /// The task the command is about.
    pub task: Task,
    /// What the step may have to know about the book's other tasks; `None` where they were not read.
    pub others: Option<Others>,
}

/// What a step must know about the book's other tasks. Its size is bounded by the window, not by the number of chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Missing chapters and repairs that are not released, by wave and number; at most as many as the window has places.
    pub waiting: Vec<Task>,
    /// How many other chapters and repairs are released and not settled. Each of them takes a place of the window.
    pub released: u32,
    /// Whether another chapter or repair of the open wave is missing.
    pub missing: bool,
    /// Whether another chapter is dead.
    pub dead: bool,
    /// Released tasks whose messages are not known to be with the broker; at most as many as the window has places. The list is
    /// empty while the task itself is missing, since only an ended task reports what it has released.
    pub unpublished: Vec<Released>,
    /// The audit's record, unless it is the task itself; `None` also where an earlier program accepted the book without one.
    pub audit: Option<Task>,
    /// The binding's record, unless it is the task itself.
    pub bind: Option<Task>,
}

/// What a store must apply, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    /// The book's record.
    pub book: Option<Book>,
    /// Task records to replace or add.
    pub tasks: Vec<Task>,
    /// Tasks to remove.
    pub removed: Vec<TaskId>,
    /// Texts to keep, by digest.
    pub texts: BTreeMap<Digest, HashedText>,
    /// Events to append, in order; the store numbers them.
    pub events: Vec<Event>,
    /// The request, when it is new or replaced.
    pub request: Option<Box<Request>>,
    /// The outline that was made from the topic of the request. It is kept beside the request, because a repeated request, which
    /// may have been read before the outline was made, replaces the request alone.
    pub outline: Option<Box<Outline>>,
    /// What must still be true of the book when the writes are applied.
    pub book_check: BookCheck,
}

/// What must be true of the book's record before the writes of a step are applied. The tasks that were read must always be
/// unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BookCheck {
    /// The record is unchanged, and other steps that have read it must read it again. The step has changed the record, or has
    /// decided from the book's other tasks.
    #[default]
    Replaced,
    /// The record is unchanged, and concurrent steps may rely on it too. A step depends on it because the start or the end of a
    /// lease changes the book only if the book has a budget.
    Unchanged,
    /// The book is not settled. The step concerns its task alone, so other changes to the book do not matter.
    Open,
}

/// A task of a book, as due times and messages name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskRef {
    /// The book.
    pub book: BookId,
    /// The task; `None` for the book's own due time.
    pub task: Option<TaskId>,
}

/// Decides one command: returns the answer and the writes that make it true; `None` where the decision depends on the book's
/// other tasks and the snapshot lacks them. The store then reads them and asks again.
///
/// A repeated command of the same lease gets the same answer, since a command that timed out may still have run.
pub fn step(rules: &Rules, snapshot: Snapshot, command: Command) -> Option<(Answer, Writes)> {
    let mut step = Step::new(rules, snapshot);
    let task_alone = matches!(command, Command::Renew { .. } | Command::Checkpoint { .. } | Command::Published);
    let answer = match command {
        Command::Claim { worker, claim, solo } => step.claim(worker, claim, solo),
        Command::Renew { fence } => step.renew(&fence),
        Command::Checkpoint { fence, parts } => step.checkpoint(&fence, parts),
        Command::Commit { fence, edition, parts, output, spent } => {
            step.commit(Finished { fence, edition, parts, spent }, output)
        }
        Command::Park { fence, wait, reason, spent } => step.park(&fence, wait, reason, spent),
        Command::GiveUp { fence, reason, spent } => step.give_up(&fence, reason, spent),
        Command::Published => step.published(),
        Command::Serve { backlog, spare_leases } => step.serve(backlog, spare_leases),
    };
    if step.others == AskedOthers::Missing {
        return None;
    }
    Some((answer, step.finish(task_alone)))
}

/// A step that is being decided: the records as they will be, and what else must be written.
struct Step<'a> {
    rules: &'a Rules,
    now: Moment,
    book: Book,
    task: Task,
    others: AskedOthers,
    before: (Book, Task),
    writes: Writes,
}

/// What a step knows of the book's other tasks.
#[derive(PartialEq)]
enum AskedOthers {
    /// The step has not asked for them yet. The snapshot may hold them.
    NotYet(Option<Box<Others>>),
    /// The step has asked for them and has received them.
    Taken,
    /// The step has asked for them, but they were not read: its decision is discarded.
    Missing,
}

impl<'a> Step<'a> {
    fn new(rules: &'a Rules, snapshot: Snapshot) -> Self {
        let Snapshot { now, book, task, others } = snapshot;
        let (before, writes) = ((book.clone(), task.clone()), Writes::default());
        Self { rules, now, book, task, others: AskedOthers::NotYet(others.map(Box::new)), before, writes }
    }

    /// Returns what is known about the book's other tasks. A step asks once. If they were not read, the step continues without
    /// them and its outcome is discarded.
    fn take_others(&mut self) -> Option<Others> {
        let AskedOthers::NotYet(others) = &mut self.others else {
            debug_assert!(self.others == AskedOthers::Missing, "a step asks for the others once");
            return None;
        };
        let others = others.take();
        self.others = if others.is_some() { AskedOthers::Taken } else { AskedOthers::Missing };
        others.map(|others| *others)
    }

    /// Returns the released tasks that may still need their messages.
    fn take_unpublished(&mut self) -> Vec<Released> {
        self.take_others().map(|others| others.unpublished).unwrap_or_default()
    }

    fn event(&mut self, what: EventKind) {
        self.writes.events.push(self.book.event(self.now, Some(self.task.id), what));
    }

    fn keep(&mut self, text: HashedText) -> Digest {
        let digest = text.digest().clone();
        self.writes.texts.insert(digest.clone(), text);
        digest
    }

    fn finish(mut self, task_alone: bool) -> Writes {
        let book_changed = self.book != self.before.0;
        self.writes.book_check = if book_changed || self.others == AskedOthers::Taken {
            BookCheck::Replaced
        } else if task_alone && !self.before.0.state.settled() {
            BookCheck::Open
        } else {
            BookCheck::Unchanged
        };
        if book_changed {
            self.writes.book = Some(self.book);
        }
        if self.task != self.before.1 {
            self.writes.tasks.push(self.task);
        }
        self.writes
    }
}

impl Released {
    /// Describes a task as its message will name it.
    pub fn of(book: &Book, task: &Task, rules: &Rules) -> Self {
        let solo = task.lapses >= rules.solo_after && task.id.chapter().is_some();
        Self { task: task.id, edition: task.edition, solo, context: book.context.clone(), trace: book.trace }
    }

    /// Returns the lane the task is published to.
    pub fn lane(&self) -> Lane {
        if self.solo { Lane::Solo } else { self.task.lane() }
    }
}
