//! The ledger: the rules that decide what is done, what is owed, and who may commit.
//!
//! They are written once, as pure functions: [`step`] for what is said about one task, [`operate`] for what an
//! operator or a clock does to a whole book. A store reads the records, calls one of them, and applies the
//! [`Writes`], all in one transaction or under a check that the records have not changed. A [`Round`] has several
//! steps on one book decided from one reading.
//!
//! Nothing here counts completions: a wave is settled when the set of its missing chapters is empty.

mod accept;
mod advance;
mod book;
pub mod chain;
mod command;
mod lease;
mod operate;
mod request;
mod retain;
mod round;
mod settle;
mod sweep;
mod task;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod histories;
#[cfg(any(test, feature = "testing"))]
pub mod sample;
#[cfg(test)]
mod world;

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

pub use accept::{Accepted, accept};
pub use book::{Binding, Book, BoundFile, BoundText, Hold, Money, Stage, State, Texts, VERSION};
pub use command::{Answer, Checkpoint, Command, Grant, Output, Parking, Plan, Released};
pub use operate::{Operated, Operation, operate};
pub use request::{GapPolicy, Order, PlanMode, Request, Terms};
pub use round::{Extent, Reading, Round, Standings};
pub use task::{Ending, Lease, Part, Standing, Task, TaskResult};

use bindery_domain::{BookId, Digest, HashedText, Lane, Moment, TaskId};

/// The ledger's timers and limits; settings, so that tests run them short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long a lease lasts unless renewed.
    pub lease: Duration,
    /// How long a released task may stay unpublished before the sweeper publishes it.
    pub publish_grace: Duration,
    /// How long a published task may stay unclaimed before its message counts as lost.
    pub lost_after: Duration,
    /// After how many leases in a row that ended without a new part a task is tried alone.
    pub solo_after: u32,
    /// How long after a book has settled its texts stay; none for ever.
    pub retention: Option<Duration>,
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
    /// What must be known of the others, where the command [asks](Command::asks_others).
    pub others: Others,
    /// All chapters in order, where the command [asks for them](Command::asks_chapters).
    pub chapters: Vec<Task>,
}

/// What a step must know of the book's other tasks: bounded by the window, whatever the number of chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Missing chapters that are not released, by wave and number; at most a window of them.
    pub waiting: Vec<Task>,
    /// How many other chapters are released and not settled: the window places they take.
    pub released: u32,
    /// Whether another chapter of the open wave is missing.
    pub missing: bool,
    /// Whether another chapter is dead.
    pub dead: bool,
    /// Released tasks whose messages are not known to be with the broker; at most a window of them. None while the task
    /// itself is missing: only one that has ended is asked what it released.
    pub unpublished: Vec<Released>,
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
}

/// One transition of a book, for those who watch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number within the book, from 1; the store's to give.
    pub seq: u64,
    /// When it happened.
    pub at: Moment,
    /// What happened, like `chapter_done`.
    pub kind: String,
    /// The task it happened to.
    pub task: Option<TaskId>,
    /// The book's edition then.
    pub edition: u32,
    /// Details for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// A task of a book, as due times and messages name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskRef {
    /// The book.
    pub book: BookId,
    /// The task; none for the book's own due time.
    pub task: Option<TaskId>,
}

/// Decides one command: the answer, and what must be written for it to be true.
///
/// Repeating a command with the same fence gives the same answer, since a command that timed out may have run.
pub fn step(rules: &Rules, snapshot: Snapshot, command: Command) -> (Answer, Writes) {
    let mut step = Step::new(rules, snapshot);
    let answer = match command {
        Command::Claim { worker, claim, solo } => step.claim(worker, claim, solo),
        Command::Renew { fence } => step.renew(fence),
        Command::Checkpoint { fence, parts } => step.checkpoint(fence, parts),
        Command::Commit { fence, edition, parts, result, spent } => step.commit((fence, edition), parts, result, spent),
        Command::Park { fence, wait, reason, spent } => step.park(fence, wait, reason, spent),
        Command::GiveUp { fence, reason, spent } => step.give_up(fence, reason, spent),
        Command::Published => step.published(),
        Command::Serve { backlog } => step.serve(backlog),
    };
    (answer, step.finish())
}

/// One step under way: the records as they will be, and what else is to be written.
struct Step<'a> {
    rules: &'a Rules,
    now: Moment,
    book: Book,
    task: Task,
    others: Others,
    chapters: Vec<Task>,
    before: (Book, Task),
    writes: Writes,
}

impl<'a> Step<'a> {
    fn new(rules: &'a Rules, snapshot: Snapshot) -> Self {
        let Snapshot { now, book, task, others, chapters } = snapshot;
        let (before, writes) = ((book.clone(), task.clone()), Writes::default());
        Self { rules, now, book, task, others, chapters, before, writes }
    }

    fn event(&mut self, kind: &'static str, detail: impl Into<String>) {
        self.writes.events.push(self.book.event(self.now, kind, Some(self.task.id), detail));
    }

    fn keep(&mut self, text: HashedText) -> Digest {
        let digest = text.digest().clone();
        self.writes.texts.insert(digest.clone(), text);
        digest
    }

    fn finish(mut self) -> Writes {
        if self.book != self.before.0 {
            self.writes.book = Some(self.book);
        }
        if self.task != self.before.1 {
            self.writes.tasks.push(self.task);
        }
        self.writes
    }
}

impl Released {
    /// Names a task of a book as its message will.
    pub fn of(book: &Book, task: &Task, rules: &Rules) -> Self {
        let solo = task.lapses >= rules.solo_after && task.id.chapter().is_some();
        Self { task: task.id, edition: task.edition, solo, context: book.context.clone(), trace: book.trace }
    }

    /// Returns the lane the task is published to.
    pub fn lane(&self) -> Lane {
        match self.task {
            TaskId::Plan => Lane::Plans,
            TaskId::Write(_) if self.solo => Lane::Solo,
            TaskId::Write(_) => Lane::Chapters,
            TaskId::Bind => Lane::Bindings,
        }
    }
}
