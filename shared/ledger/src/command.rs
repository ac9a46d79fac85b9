//! What can be said to the ledger about one task, and what it answers.

use std::time::Duration;

use bindery_domain::{Digest, HashedText, Micros, Moment, TaskId, TraceParent};

use super::{book::{Binding, Book}, task::{Part, Task}};

/// What is said about one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks for a lease.
    Claim {
        /// Who asks.
        worker: String,
        /// The claim's own name: the same claim asked again gets the same lease.
        claim: String,
        /// Whether the message came through the queue for crash suspects.
        solo: bool,
    },
    /// Asks for more time.
    Renew {
        /// The lease.
        fence: u64,
    },
    /// Keeps parts as they are now, in order.
    Checkpoint {
        /// The lease.
        fence: u64,
        /// The parts.
        parts: Vec<Checkpoint>,
    },
    /// Delivers the result.
    Commit {
        /// The lease.
        fence: u64,
        /// The edition the lease was given in.
        edition: u32,
        /// The parts that no checkpoint has kept yet.
        parts: Vec<Checkpoint>,
        /// What was made.
        output: Output,
        /// All that the lease has spent.
        spent: Micros,
    },
    /// Puts the task aside.
    Park {
        /// The lease.
        fence: u64,
        /// For how long.
        wait: Duration,
        /// Why.
        reason: Parking,
        /// All that the lease has spent, calls that were broken off included.
        spent: Micros,
    },
    /// Gives the task up.
    GiveUp {
        /// The lease.
        fence: u64,
        /// Why, in words for the book's owner.
        reason: String,
        /// All that the lease has spent.
        spent: Micros,
    },
    /// Says that the task's message is with the broker.
    Published,
    /// Serves the task's due time.
    Serve {
        /// Whether messages of its kind wait in the queue: one that nobody has come for may be among them.
        backlog: bool,
    },
}

impl Command {
    /// Returns whether the command mostly moves the book on, so that a store does well to read the other tasks at once. Only
    /// [`step`](crate::step) itself decides whether it needs them.
    pub fn moves_book_on(&self) -> bool {
        matches!(self, Self::Commit { .. } | Self::GiveUp { .. } | Self::Serve { .. })
    }
}

/// A part to keep: its text, or the count of its failed tries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The part's number.
    pub number: u16,
    /// All that is known of the part now.
    pub part: Part,
    /// The text to keep; none when only a failed try is recorded.
    pub text: Option<HashedText>,
    /// Why the last text had to be asked for or will have to be asked for again, in a word, for those who count: how
    /// a try failed, or which targets a rewrite was to meet. The ledger does not look at it.
    pub again: Option<&'static str>,
}

/// Why a task is put aside; never charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parking {
    /// The provider asks to wait, or another fault that is not the task's.
    Wait(String),
    /// The process is stopping: the task is due at once.
    Drain,
    /// Its message was held for as long as one may be: the task is due at once.
    Held,
    /// The lease's allowance does not cover the next call.
    Allowance,
}

/// The shared context, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The context's JSON, as it is stored and hashed.
    pub context: HashedText,
    /// The most that one lease on a chapter may spend.
    pub estimate: Micros,
}

/// What a task's work made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The shared context.
    Plan(Plan),
    /// A chapter.
    Chapter {
        /// Its text as Markdown, headings from level 2.
        text: HashedText,
        /// Its length, in the book's unit.
        length: u32,
        /// A true summary, where later chapters are written from it.
        summary: Option<String>,
        /// Targets it misses.
        remarks: Vec<String>,
    },
    /// The bound book.
    Binding(Binding),
}

/// What the ledger answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The lease is given.
    Go(Box<Grant>),
    /// The task's result is stored already; these tasks may still need their messages.
    Done {
        /// Released tasks whose messages are not known to be with the broker.
        unpublished: Vec<Released>,
    },
    /// Another worker has it.
    Busy,
    /// It is put aside until its due time.
    Waiting,
    /// It is not released.
    NotYet,
    /// It must be tried alone.
    Solo(Released),
    /// The book stands still.
    Held,
    /// The book is settled, or the task is dead or unknown.
    Closed,
    /// A later version than this program reads has written the book: it is left to a newer program.
    Newer {
        /// That version.
        version: u16,
    },
    /// The lease goes on.
    Keep,
    /// The lease is over: work under it is to be dropped.
    Stop {
        /// Why.
        reason: &'static str,
    },
    /// The parts are kept.
    Saved,
    /// The result is stored.
    Committed {
        /// Tasks that are to be published now.
        released: Vec<Released>,
    },
    /// The task already has a result of this edition.
    Duplicate,
    /// The task is put aside.
    Parked,
    /// The task is given up.
    GivenUp {
        /// Tasks that are to be published now.
        released: Vec<Released>,
    },
    /// The statement is noted.
    Noted,
    /// The task's message is to be published again.
    Publish {
        /// The task.
        task: Released,
        /// What had to be repaired; none when serving a due time was all.
        heal: Option<&'static str>,
    },
    /// Nothing is to be done.
    Nothing,
}

/// A lease and what its holder must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The lease's number.
    pub fence: u64,
    /// When the store gave it, for a holder that measures time by its own clock.
    pub at: Moment,
    /// What it may spend; none without a budget.
    pub allowance: Option<Micros>,
    /// The book.
    pub book: Book,
    /// The task, with its parts.
    pub task: Task,
}

/// A task that is owed a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The task.
    pub task: TaskId,
    /// The edition it was released in.
    pub edition: u32,
    /// Whether it must be tried alone.
    pub solo: bool,
    /// The context it is written from, once there is one.
    pub context: Option<Digest>,
    /// Where in a trace its book was taken in.
    pub trace: Option<TraceParent>,
}
