//! The commands about one task, and the ledger's answers to them.

use std::time::Duration;

use bindery_domain::{Digest, HashedText, Micros, Moment, TaskId, TraceParent};
use bindery_outline::Outline;

use super::{
    audit::Audit,
    book::{Binding, Book},
    task::{Fence, Part, Task},
};

/// A command about one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks for a lease.
    Claim {
        /// Who asks.
        worker: String,
        /// The claim's own name: a repeated claim gets the same lease.
        claim: String,
        /// Whether the message came through the queue for crash suspects.
        solo: bool,
    },
    /// Asks for more time.
    Renew {
        /// The lease.
        fence: Fence,
    },
    /// Stores the given parts in order.
    Checkpoint {
        /// The lease.
        fence: Fence,
        /// The parts.
        parts: Vec<Checkpoint>,
    },
    /// Delivers the result.
    Commit {
        /// The lease.
        fence: Fence,
        /// The edition the lease was given in.
        edition: u32,
        /// The parts that no checkpoint has kept yet.
        parts: Vec<Checkpoint>,
        /// What was made.
        output: Output,
        /// The total that the lease has spent.
        spent: Micros,
    },
    /// Puts the task aside until it is due again.
    Park {
        /// The lease.
        fence: Fence,
        /// For how long.
        wait: Duration,
        /// Why.
        reason: Parking,
        /// The total that the lease has spent, including calls that were broken off.
        spent: Micros,
    },
    /// Gives the task up.
    GiveUp {
        /// The lease.
        fence: Fence,
        /// The reason, as the book's owner reads it.
        reason: String,
        /// The total that the lease has spent.
        spent: Micros,
    },
    /// Reports that the task's message is with the broker.
    Published,
    /// Serves the task's due time.
    Serve {
        /// Whether messages of this kind wait in the queue. If so, a message that nobody has claimed may be one of them.
        backlog: bool,
        /// Whether holders may have been unable to renew their leases lately, as in an outage of the store. A lease that has
        /// run out is then extended once more.
        spare_leases: bool,
    },
}

impl Command {
    /// Returns whether the command usually moves the book on, so that a store should read the other tasks at once. Only
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
    /// The part's complete record.
    pub part: Part,
    /// The text to keep; `None` where only a failed try is recorded.
    pub text: Option<HashedText>,
    /// Why the text was or will be requested again, as one word for metrics: how a try failed, or which targets a
    /// rewrite should meet. The ledger ignores it.
    pub again: Option<&'static str>,
}

/// Why a task is put aside. A park never counts as a failed try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parking {
    /// The provider asks to wait, or something else fails that is not the task's fault.
    Wait(String),
    /// The process is stopping: the task is due at once.
    Drain,
    /// Its message was held for as long as the broker allows: the task is due at once.
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
    /// The outline that was made from the book's topic; `None` where the book has its outline.
    pub outline: Option<Box<Outline>>,
}

/// The product of a task's work.
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
        /// A summary of the finished text; `None` where no later chapter is written from it.
        summary: Option<String>,
        /// The targets that the text misses.
        remarks: Vec<String>,
        /// How many of the parts, from part 1 on, are its sections.
        sections: u16,
    },
    /// What was found in the set of chapters.
    Audit(Audit),
    /// The mended text of a chapter.
    Repair {
        /// The whole text of the chapter as Markdown.
        text: HashedText,
        /// Its length, in the book's unit.
        length: u32,
        /// How many sections it has.
        sections: u16,
        /// What is still wrong with it.
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
    /// Another worker holds the task.
    Busy,
    /// The task is put aside until its due time.
    Waiting,
    /// The task is not released yet.
    NotYet,
    /// The task must be tried alone.
    Solo(Released),
    /// The book is held.
    Held,
    /// The book is settled, or the task is dead or unknown.
    Closed,
    /// A later version of the program has written the book. This program must leave it alone.
    Newer {
        /// The version of the book's record.
        version: u16,
    },
    /// The lease is extended.
    Keep,
    /// The lease is over: its holder must drop the work.
    Stop {
        /// Why.
        reason: &'static str,
    },
    /// The parts are kept.
    Saved,
    /// The result is stored.
    Committed {
        /// Tasks that must be published now.
        released: Vec<Released>,
    },
    /// The task already has a result of this edition.
    Duplicate,
    /// The task is put aside.
    Parked,
    /// The task is given up.
    GivenUp {
        /// Tasks that must be published now.
        released: Vec<Released>,
    },
    /// The report is recorded.
    Noted,
    /// The task's message must be published again.
    Publish {
        /// The task.
        task: Released,
        /// What had to be repaired; `None` where only a due time was served.
        heal: Option<&'static str>,
    },
    /// There is nothing to do.
    Nothing,
}

/// A lease, with all that its holder must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The lease's name.
    pub fence: Fence,
    /// When the store gave the lease, for a holder that measures time by its own clock.
    pub at: Moment,
    /// What the lease may spend; `None` where the book has no budget.
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
    /// The context that it is written from, once there is one.
    pub context: Option<Digest>,
    /// The point in a trace at which its book was accepted.
    pub trace: Option<TraceParent>,
}
