//! The book's record. Its size does not grow with the number of chapters.

use std::{collections::BTreeSet, fmt, time::Duration};

use bindery_domain::{BookId, Digest, Micros, Moment, StageModels, TaskId, TraceParent, UnknownFields};
use serde::{Deserialize, Serialize};

use super::{
    Event, EventKind, Rules,
    task::{Task, TaskResult, is_none, is_zero},
};
use crate::{PlanMode, Request, Terms, outlined};

/// The version of the records that this program writes, and the latest that it reads.
pub const VERSION: u16 = 2;

/// A book as the ledger records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The lowest version of the records that can express everything stored about the book. A program that cannot read
    /// this version leaves the book alone.
    #[serde(default = "first")]
    pub v: u16,
    /// The book's id.
    pub id: BookId,
    /// The tenant that owns it.
    pub tenant: String,
    /// The client's name for it.
    pub request_id: String,
    /// The digest of everything that changes its words.
    pub order: Digest,
    /// Its title.
    pub title: String,
    /// The first of the models that write it.
    pub model: String,
    /// The models of the stages that have others.
    #[serde(default, skip_serializing_if = "StageModels::is_empty")]
    pub stages: StageModels,
    /// How many chapters it has. A book from a topic has none until it is planned.
    pub chapters: u32,
    /// Whether its context needs no model call.
    pub compiled: bool,
    /// Where it stands.
    pub state: State,
    /// Why it is held; empty where it is not held.
    pub holds: BTreeSet<Hold>,
    /// The number of its current edition; it grows each time the book is reopened.
    pub edition: u32,
    /// The wave whose chapters may be released.
    pub wave: u16,
    /// The context that its chapters are written from, once it is planned.
    pub context: Option<Digest>,
    /// The settings that a repeated request may change.
    pub terms: Terms,
    /// The most that one lease on a task may spend.
    pub estimate: Micros,
    /// What the book has cost.
    pub money: Money,
    /// When it was accepted.
    pub accepted_at: Moment,
    /// When its missing chapters are given up.
    pub deadline_at: Moment,
    /// When it was first held; `None` where it is not held. Holds stop the deadline's clock.
    pub held_since: Option<Moment>,
    /// When it last settled.
    pub settled_at: Option<Moment>,
    /// When the texts of its edition were last complete, so that it could be bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed_at: Option<Moment>,
    /// Whether the store has its texts.
    #[serde(default)]
    pub texts: Texts,
    /// Why it failed.
    pub reason: Option<String>,
    /// The files and the texts of the bound book, once it is done.
    pub binding: Option<Binding>,
    /// The point in a trace at which it was first accepted. All work on the book belongs to that trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceParent>,
    /// The latest commands that were run on it. A message that comes again has its command run once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Digest>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// How many commands a book remembers.
const REMEMBERED: usize = 8;

/// Returns the version of records that have no version field.
fn first() -> u16 {
    1
}

/// Where a book stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its plan has not been started.
    Accepted,
    /// Its context is being made.
    Planning,
    /// Its chapters are being written.
    Writing,
    /// Its chapters are settled. They are being read as a whole, and repaired.
    Auditing,
    /// Its chapters are settled and it is being bound.
    Binding,
    /// Its files are stored.
    Done,
    /// A stage could not be finished; every text is kept.
    Failed(Stage),
    /// Its owner called it off.
    Cancelled,
}

/// Whether the store has a book's texts. The book's records stay in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Texts {
    /// The store has them and keeps them.
    #[default]
    Kept,
    /// The store has them, and keeps them until this time.
    Until(Moment),
    /// The store has been removing them since this time.
    Leaving(Moment),
    /// The store has removed them.
    Left,
}

/// The stages in which a book can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Making the context.
    Plan,
    /// Writing the chapters.
    Write,
    /// Binding them.
    Bind,
}

/// A reason why a book is held. Each hold is lifted on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// An operator has held the book.
    Operator,
    /// The next lease could exceed the budget.
    Budget,
    /// The plan waits for an approval.
    Review,
}

/// What a book has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The sum of the live leases' allowances; zero where the book has no budget.
    pub reserved: Micros,
    /// What calls are known to have cost.
    pub spent: Micros,
    /// What lapsed leases may have spent without reporting it; charged in full.
    pub unknown: Micros,
    /// The share of `spent` that paid for texts that were not used.
    pub wasted: Micros,
}

/// The texts that a book was bound from, and the files that were made of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The files: one per format, and those of the score.
    pub files: Vec<BoundFile>,
    /// The texts used, in reading order.
    pub texts: Vec<BoundText>,
    /// The length in words, or in characters for Japanese and Chinese.
    pub length: u64,
    /// The mark of the book's score, from 0 to 100; `None` where it was not scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// What the texts name and the book does not have: notes, places that links mean, pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// What is wrong in the sections that were to be mended, in sentences with their places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// How many such findings there are beyond those in `left`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_beyond: u32,
}

/// A stored file of a bound book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundFile {
    /// The format, as a file extension.
    pub format: String,
    /// The digest of the file's bytes, under which they are stored.
    pub digest: Digest,
    /// The number of bytes.
    pub bytes: u64,
    /// Where the file was stored.
    #[serde(default)]
    pub url: String,
}

/// A text that a binding used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundText {
    /// The chapter's number.
    pub chapter: u32,
    /// The edition the text was written in.
    pub edition: u32,
    /// How often it was mended in that edition.
    #[serde(default, skip_serializing_if = "is_none")]
    pub revision: u16,
    /// The text's digest.
    pub digest: Digest,
}

impl BoundText {
    /// Names the text of a chapter.
    pub fn of(chapter: u32, text: &TaskResult) -> Self {
        Self { chapter, edition: text.edition, revision: text.revision, digest: text.digest.clone() }
    }
}

impl Book {
    /// Returns the models of every stage.
    pub fn models(&self) -> StageModels {
        self.stages.clone().complete(&self.model)
    }

    /// Makes the record of a book whose request is accepted now.
    pub(super) fn accepted(request: &Request, now: Moment) -> Self {
        let order = &request.order;
        Self {
            v: VERSION,
            id: request.book_id(),
            tenant: request.tenant.clone(),
            request_id: request.request_id.clone(),
            order: order.digest(),
            title: order.title(),
            model: order.model.clone(),
            stages: order.stages.clone(),
            chapters: outlined::chapters(&order.outline),
            compiled: order.plan != PlanMode::Model && order.topic.is_none(),
            state: State::Accepted,
            holds: BTreeSet::new(),
            edition: 1,
            wave: 0,
            context: None,
            terms: request.terms.clone(),
            estimate: request.terms.plan_estimate,
            money: Money::default(),
            accepted_at: now,
            deadline_at: now + Duration::from_millis(request.terms.deadline_ms),
            held_since: None,
            settled_at: None,
            composed_at: None,
            texts: Texts::Kept,
            reason: None,
            binding: None,
            trace: request.trace,
            commands: Vec::new(),
            unknown: UnknownFields::default(),
        }
    }

    /// Returns when its deadline's clock started: when the book was accepted or reopened, plus the time it was held since then.
    pub fn opened_at(&self) -> Moment {
        Moment(self.deadline_at.0.saturating_sub(self.terms.deadline_ms))
    }

    /// Returns whether the book is held: nothing of a held book may be released or claimed.
    pub fn held(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Notes that a command was run, and forgets the oldest one.
    pub(super) fn remember(&mut self, command: Digest) {
        self.commands.push(command);
        let surplus = self.commands.len().saturating_sub(REMEMBERED);
        self.commands.drain(..surplus);
    }

    pub(super) fn event(&self, now: Moment, task: Option<TaskId>, what: EventKind) -> Event {
        Event { seq: 0, at: now, task, edition: self.edition, what }
    }

    /// Ends the lease of a task whose holder cannot be asked. The unreported rest of its allowance is charged in full.
    pub(super) fn forfeit(&mut self, task: &mut Task) {
        let Some(lease) = task.lease.take() else { return };
        self.free(lease.allowance);
        self.money.spent += lease.spent;
        self.money.unknown += lease.allowance.saturating_sub(lease.spent);
    }

    /// Reserves a lease's allowance. Leases of a book affect each other only through a budget: without one, giving a lease
    /// does not change the book's record.
    pub(super) fn reserve(&mut self, allowance: Micros) {
        if self.terms.budget.is_some() {
            self.money.reserved += allowance;
        }
    }

    /// Frees the allowance that an ended lease had reserved.
    pub(super) fn free(&mut self, allowance: Micros) {
        self.money.reserved = self.money.reserved.saturating_sub(allowance);
    }

    /// Replaces the terms, given the book's tasks. Under a new budget, the allowances of the live leases are reserved.
    pub(super) fn take_terms(&mut self, terms: &Terms, tasks: &[Task]) {
        self.terms = terms.clone();
        self.money.reserved = Micros::ZERO;
        tasks.iter().filter_map(|task| task.lease.as_ref()).for_each(|lease| self.reserve(lease.allowance));
    }

    /// Returns when the sweeper must look at the book itself: at its deadline, which runs while it is neither settled nor
    /// held, or when its texts leave.
    pub fn due(&self) -> Option<Moment> {
        match self.texts {
            Texts::Until(at) | Texts::Leaving(at) => Some(at),
            Texts::Kept | Texts::Left => (!self.state.settled() && !self.held()).then_some(self.deadline_at),
        }
    }

    pub(super) fn settle(&mut self, state: State, reason: Option<String>, now: Moment, rules: &Rules) {
        self.state = state;
        self.reason = reason;
        self.settled_at = Some(now);
        self.texts = rules.retention.map_or(Texts::Kept, |retention| Texts::Until(now + retention));
    }
}

impl State {
    /// Returns whether the book takes no new lease.
    pub fn settled(self) -> bool {
        matches!(self, Self::Done | Self::Failed(_) | Self::Cancelled)
    }
}

impl Money {
    /// Returns the total that counts against a budget.
    pub fn committed(self) -> Micros {
        self.reserved + self.spent + self.unknown
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Planning => "planning",
            Self::Writing => "writing",
            Self::Auditing => "auditing",
            Self::Binding => "binding",
            Self::Done => "done",
            Self::Failed(Stage::Plan) => "failed(plan)",
            Self::Failed(Stage::Write) => "failed(write)",
            Self::Failed(Stage::Bind) => "failed(bind)",
            Self::Cancelled => "cancelled",
        })
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "operator",
            Self::Budget => "budget",
            Self::Review => "review",
        })
    }
}
