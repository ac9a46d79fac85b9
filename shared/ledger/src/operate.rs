//! Operations on a whole book by its owner, an operator or the clock. They are rare, so all tasks are read.

mod expire;
mod reopen;
mod replace_outline;
mod replace_plan;
mod replace_texts;
mod revise;

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::{Digest, HashedText, Moment, TaskId};

use super::{
    Book, EventKind, Hold, Released, Rules, Stage, State, StoredBook, Texts, Writes,
    advance::{Chapters, advance},
    task::{Fence, Standing, Task},
    version::{Origin, VersionName},
};
use crate::{Plan, Request};

pub use self::revise::Revision;

/// An operation on a whole book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Cancels the book.
    Cancel,
    /// Holds the book.
    Hold,
    /// Lifts one hold.
    Lift(Hold),
    /// Reopens a failed book at the stage that failed, with fresh tries.
    Redrive,
    /// Has chapters of a settled book written again, unless it was cancelled.
    Rewrite {
        /// The chapters' numbers.
        chapters: Vec<u32>,
        /// A remark for the chapters' prompts.
        note: Option<String>,
    },
    /// Has chapters of a finished book changed as an editor asks, and binds the book again.
    Revise(Vec<Revision>),
    /// Replaces the order of a settled book that was not cancelled, keeping the texts of chapters that have not changed.
    ReplaceOutline {
        /// The new request, of the same book.
        request: Box<Request>,
        /// For each new chapter that has not changed, its number in the old order.
        kept: BTreeMap<u32, u32>,
    },
    /// Replaces the plan of a book that waits for a review of it.
    ReplacePlan {
        /// The new plan.
        plan: Box<Plan>,
        /// The digest of the plan that it was made from.
        instead_of: Digest,
    },
    /// Binds a finished book again from its stored texts: into other formats, or because its files are lost.
    Rebind,
    /// Replaces texts of a finished book by texts that a person has edited or taken back, and binds the book again. No model
    /// is called.
    ReplaceTexts(Vec<EditedText>),
    /// Makes chapters missing again because their stored texts are missing or wrong. The holder of the binding's lease
    /// asks for this.
    Reopen {
        /// The binder's lease.
        fence: Fence,
        /// The chapters' numbers.
        chapters: Vec<u32>,
    },
    /// Serves the book's own due time: gives up the missing chapters after the deadline, or starts removing the texts.
    Expire,
    /// Records that no text of the book is left in the store.
    TextsRemoved,
    /// Ends the leases of an earlier process that held the book's lock.
    TakeOver,
    /// Does something once, however often it is asked for under the same name.
    Once {
        /// The name of the command that asks for it.
        command: Digest,
        /// What is done.
        operation: Box<Self>,
    },
}

/// A chapter's text as a person has edited it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedText {
    /// The chapter's number.
    pub chapter: u32,
    /// The text.
    pub text: HashedText,
    /// The text's length, in the book's unit.
    pub length: u32,
    /// How it came about.
    pub origin: Origin,
    /// The version that it was made from; `None` where any present text may be replaced.
    pub instead_of: Option<VersionName>,
}

/// The outcome of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operated {
    /// The operation is done.
    Done {
        /// Tasks that must be published now.
        released: Vec<Released>,
    },
    /// The book's deadline has passed.
    Expired {
        /// Tasks that must be published now.
        released: Vec<Released>,
        /// How many chapters were given up.
        dead: u32,
    },
    /// There was nothing to do.
    Unchanged,
    /// The book has settled.
    TooLate,
    /// The book has not settled yet.
    TooEarly,
    /// Somebody else has changed since what the operation was to replace.
    Outdated,
    /// The store must now remove the book's texts.
    Leaving,
    /// The store no longer has the book's texts, and the operation needs them.
    TextsLeft,
    /// The book has no chapter of this number, or has no text of the chapter that is needed.
    NoChapter(u32),
}

/// Decides an operation on a book, given all its tasks.
pub fn operate(rules: &Rules, now: Moment, stored: StoredBook, operation: Operation) -> (Operated, Writes) {
    if let Operation::Once { command, operation } = operation {
        return once(rules, now, stored, command, *operation);
    }
    let StoredBook { book, tasks } = stored.clone();
    let mut step = OperationStep { rules, now, book, tasks, before: stored, writes: Writes::default() };
    let operated = match operation {
        _ if step.lacks_texts(&operation) => Operated::TextsLeft,
        Operation::Cancel => step.cancel(),
        Operation::Hold => step.hold(),
        Operation::Lift(hold) => step.lift(hold),
        Operation::Redrive => step.redrive(),
        Operation::Rewrite { chapters, note } => step.rewrite(&chapters, note.as_deref()),
        Operation::Revise(revisions) => step.revise(revisions),
        Operation::ReplaceOutline { request, kept } => step.replace_outline(&request, &kept),
        Operation::ReplacePlan { plan, instead_of } => step.replace_plan(*plan, &instead_of),
        Operation::Rebind => step.rebind(),
        Operation::ReplaceTexts(texts) => step.replace_texts(texts),
        Operation::Reopen { fence, chapters } => step.reopen(&fence, &chapters),
        Operation::Expire if step.book.state.settled() => step.let_texts_leave(),
        Operation::Expire => step.expire(),
        Operation::TextsRemoved => step.texts_removed(),
        Operation::TakeOver => step.take_over(),
        Operation::Once { .. } => unreachable!("what is done once was taken out of its wrapping"),
    };
    let changed = matches!(operated, Operated::Done { .. } | Operated::Expired { .. } | Operated::Leaving);
    (operated, if changed { step.finish() } else { Writes::default() })
}

/// Decides an operation that a command asks for, unless that command was run before. What it released then and nobody has published
/// is due by itself.
fn once(rules: &Rules, now: Moment, stored: StoredBook, command: Digest, operation: Operation) -> (Operated, Writes) {
    let before = &stored.book;
    if before.commands.contains(&command) {
        return (Operated::Done { released: Vec::new() }, Writes::default());
    }
    let known = before.clone();
    let (operated, mut writes) = operate(rules, now, stored, operation);
    if let Operated::Done { .. } = operated {
        let book = writes.book.get_or_insert(known);
        book.remember(command);
    }
    (operated, writes)
}

/// An operation that is being decided.
pub(super) struct OperationStep<'a> {
    rules: &'a Rules,
    pub(super) now: Moment,
    pub(super) book: Book,
    tasks: Vec<Task>,
    before: StoredBook,
    writes: Writes,
}

impl OperationStep<'_> {
    fn event(&mut self, what: EventKind) {
        self.writes.events.push(self.book.event(self.now, None, what));
    }

    fn cancel(&mut self) -> Operated {
        if self.book.state == State::Cancelled {
            return Operated::Unchanged;
        }
        if self.book.state.settled() {
            return Operated::TooLate;
        }
        self.book.settle(State::Cancelled, None, self.now, self.rules);
        self.event(EventKind::Cancelled);
        Operated::Done { released: Vec::new() }
    }

    fn hold(&mut self) -> Operated {
        if self.book.state.settled() {
            return Operated::TooLate;
        }
        if !self.book.holds.insert(Hold::Operator) {
            return Operated::Unchanged;
        }
        self.book.held_since.get_or_insert(self.now);
        self.event(EventKind::Held { reason: "by an operator".to_owned() });
        Operated::Done { released: Vec::new() }
    }

    fn lift(&mut self, hold: Hold) -> Operated {
        if !self.book.holds.remove(&hold) {
            return Operated::Unchanged;
        }
        self.event(EventKind::Lifted { hold: hold.to_string() });
        if self.book.held() {
            return Operated::Done { released: Vec::new() };
        }
        if let Some(since) = self.book.held_since.take() {
            self.book.deadline_at = self.book.deadline_at + self.now.since(since);
        }
        Operated::Done { released: self.resume() }
    }

    /// Publishes released tasks without a lease again, and releases the next ones.
    fn resume(&mut self) -> Vec<Released> {
        if self.book.state.settled() {
            return Vec::new();
        }
        let (rules, now) = (self.rules, self.now);
        let mut released = Vec::new();
        for task in self.tasks.iter_mut().filter(|task| task.standing == Standing::Released && task.lease.is_none()) {
            if task.parked.is_none() || task.due.is_none_or(|due| due <= now) {
                task.release(now, rules);
                released.push(Released::of(&self.book, task, rules));
            }
        }
        released.extend(self.advance());
        released
    }

    fn advance(&mut self) -> Vec<Released> {
        let chapters = Chapters::of(&self.book, &self.tasks);
        let mut writes = Writes::default();
        let released = advance(self.rules, self.now, &mut self.book, chapters, &mut writes);
        self.writes.events.append(&mut writes.events);
        for changed in writes.tasks {
            let slot = self.tasks.iter_mut().find(|task| task.id == changed.id);
            *slot.expect("only the book's own tasks are released") = changed;
        }
        released
    }

    fn take_over(&mut self) -> Operated {
        if self.book.state.settled() {
            return Operated::Unchanged;
        }
        self.forfeit_leases();
        // The clock should have stopped while nobody ran the book, so the new run gets the whole time.
        self.restart_clock();
        if self.book.held() {
            return Operated::Done { released: Vec::new() };
        }
        for task in self.tasks.iter_mut().filter(|task| task.parked.is_some()) {
            task.parked = None;
        }
        Operated::Done { released: self.resume() }
    }

    /// Ends every lease without asking its holder. The unreported rest of each allowance is charged in full.
    pub(super) fn forfeit_leases(&mut self) {
        for task in self.tasks.iter_mut().filter(|task| task.lease.is_some()) {
            task.published = false;
            self.book.forfeit(task);
        }
    }

    /// Gives the book its whole time again. A hold that is in force stops the clock from now on, since time held before
    /// does not count towards the new deadline.
    fn restart_clock(&mut self) {
        self.book.deadline_at = self.deadline();
        self.book.held_since = self.book.held().then_some(self.now);
    }

    fn deadline(&self) -> Moment {
        self.now + Duration::from_millis(self.book.terms.deadline_ms)
    }

    fn finish(mut self) -> Writes {
        let StoredBook { book, tasks } = self.before;
        let before: BTreeMap<TaskId, &Task> = tasks.iter().map(|task| (task.id, task)).collect();
        self.writes.book = Some(self.book).filter(|now| *now != book);
        self.writes.tasks = self.tasks.into_iter().filter(|task| before.get(&task.id) != Some(&task)).collect();
        self.writes
    }
}

fn list(chapters: &[u32]) -> String {
    let numbers: Vec<String> = chapters.iter().map(ToString::to_string).collect();
    format!("chapters {}", numbers.join(", "))
}
