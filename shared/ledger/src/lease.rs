//! Leases: who may work on a task, for how long, and for how much money.

use bindery_domain::{Micros, TaskId};

use super::{
    Answer, Checkpoint, EventKind, Grant, Released, Stage, Step,
    book::{Hold, State},
    task::{Ending, Fence, Lease, Standing},
};

/// How many leases must lie between two lapses of a task that both count against it.
const LAPSES_APART: u32 = 2;

/// From this park on, a task that is put aside again and again is silent in the book's events. A provider that refuses a key
/// for a day would otherwise fill them.
pub(super) const QUIET_PARKS: u32 = 2;

impl Step<'_> {
    pub(super) fn claim(&mut self, worker: String, claim: String, solo: bool) -> Answer {
        if let Some(answer) = self.standing_answer() {
            return answer;
        }
        if let Some(lease) = &self.task.lease {
            if lease.claim == claim {
                return self.grant();
            }
            // Only the sweeper ends a lease that has run out: it knows whether its holder could renew it.
            return Answer::Busy;
        }
        if self.task.parked.is_some() && self.task.due.is_some_and(|due| due > self.now) {
            return Answer::Waiting;
        }
        if self.book.held() {
            return self.stand_by();
        }
        let released = Released::of(&self.book, &self.task, self.rules);
        if released.solo && !solo {
            self.task.release(self.now, self.rules);
            return Answer::Solo(released);
        }
        if let Some(answer) = self.refuse_for_budget() {
            return answer;
        }
        self.open_lease(worker, claim);
        self.grant()
    }

    /// Answers a claim from the task's standing; returns `None` where the task is released.
    fn standing_answer(&mut self) -> Option<Answer> {
        match self.task.standing {
            Standing::Done => Some(Answer::Done { unpublished: self.take_unpublished() }),
            _ if self.book.state.settled() => Some(Answer::Closed),
            Standing::Dead => Some(Answer::Closed),
            Standing::Waiting => Some(Answer::NotYet),
            Standing::Released => None,
        }
    }

    /// Records that a task of a held book has lost its message, so that it is published again once the hold is lifted.
    fn stand_by(&mut self) -> Answer {
        self.task.published = false;
        self.task.due = None;
        Answer::Held
    }

    /// Refuses a lease that could exceed the budget. The task waits while other leases may still free what they reserved;
    /// otherwise the book is held.
    fn refuse_for_budget(&mut self) -> Option<Answer> {
        let (budget, allowance) = (self.book.terms.budget?, self.allowance());
        if allowance == Micros::ZERO || self.book.money.committed() + allowance <= budget {
            return None;
        }
        if matches!(self.task.id, TaskId::Repair { .. }) {
            // A sound book is not held for the sake of a repair.
            self.die(format!("the budget of {budget} does not cover it"));
            return Some(Answer::GivenUp { released: self.after_death() });
        }
        if self.book.money.reserved > Micros::ZERO {
            self.task.parked = Some("others hold what is left of the budget".to_owned());
            // The end of another task frees it, and nobody reports that. Looking again is cheap; waiting a lease is not.
            self.task.due = Some(self.now + self.rules.lease / 10);
            return Some(Answer::Waiting);
        }
        self.book.holds.insert(Hold::Budget);
        self.book.held_since.get_or_insert(self.now);
        let reason =
            format!("{} of {budget} are spent and the next task may cost {allowance}", self.book.money.committed());
        self.event(EventKind::Held { reason });
        Some(self.stand_by())
    }

    /// Returns what a lease on the task may spend. An audit, a binding and a compiled plan make no model call.
    fn allowance(&self) -> Micros {
        match self.task.id {
            TaskId::Audit | TaskId::Bind => Micros::ZERO,
            TaskId::Plan if self.book.compiled => Micros::ZERO,
            TaskId::Plan | TaskId::Write(_) | TaskId::Repair { .. } => self.book.estimate,
        }
    }

    fn open_lease(&mut self, worker: String, claim: String) {
        let until = self.now + self.rules.lease;
        let allowance = self.allowance();
        self.task.fence += 1;
        self.task.lease = Some(Lease {
            fence: self.task.fence,
            worker,
            claim,
            until,
            allowance,
            spent: Micros::ZERO,
            progressed: false,
        });
        self.task.due = Some(until);
        self.task.published = true;
        self.task.parked = None;
        self.task.resends = 0;
        self.book.reserve(allowance);
        if self.book.state == State::Accepted && self.task.id == TaskId::Plan {
            self.book.state = State::Planning;
        }
        if self.task.parks < QUIET_PARKS {
            self.event(EventKind::Started);
        }
    }

    fn grant(&mut self) -> Answer {
        let lease = self.task.lease.as_ref().expect("a lease is granted once it is open");
        let allowance = self.book.terms.budget.map(|_| lease.allowance);
        let (fence, book, task) = (lease.name(), self.book.clone(), self.task.clone());
        Answer::Go(Box::new(Grant { fence, at: self.now, allowance, book, task }))
    }

    pub(super) fn renew(&mut self, fence: &Fence) -> Answer {
        if self.book.state == State::Cancelled {
            return Answer::Stop { reason: "the book was cancelled" };
        }
        let until = self.now + self.rules.lease;
        let Some(lease) = self.task.leased(fence) else { return LEASE_OVER };
        lease.until = until;
        self.task.due = Some(until);
        Answer::Keep
    }

    pub(super) fn checkpoint(&mut self, fence: &Fence, parts: Vec<Checkpoint>) -> Answer {
        if self.task.leased(fence).is_none() {
            return LEASE_OVER;
        }
        self.keep_parts(fence, parts);
        if self.book.state == State::Cancelled {
            Answer::Stop { reason: "the book was cancelled" }
        } else {
            Answer::Saved
        }
    }

    pub(super) fn keep_parts(&mut self, fence: &Fence, parts: Vec<Checkpoint>) {
        for Checkpoint { number, part, text, again: _ } in parts {
            let paid = self.task.parts.get(&number).map_or(Micros::ZERO, |before| before.spent);
            if let Some(lease) = self.task.leased(fence) {
                // The part holds totals, so a repeated checkpoint adds nothing.
                lease.spent += part.spent.saturating_sub(paid);
                lease.progressed |= text.is_some();
            }
            if let Some(text) = text {
                self.progress();
                self.event(EventKind::PartKept { part: number, length: part.length });
                self.keep(text);
            }
            self.task.parts.insert(number, part);
        }
    }

    /// Ends the live lease, whose holder has reported what it spent.
    pub(super) fn end_lease(&mut self, ending: Ending, spent: Micros) {
        let Some(lease) = self.task.lease.take() else { return };
        self.task.ended = Some((lease.fence, ending));
        self.book.free(lease.allowance);
        self.book.money.spent += lease.spent.max(spent);
    }

    /// Ends a lease whose holder fell silent. The unreported rest of its allowance is charged in full.
    pub(super) fn forfeit_lease(&mut self) {
        self.book.forfeit(&mut self.task);
    }

    /// Notes a new part or a result: what went wrong before no longer counts.
    pub(super) fn progress(&mut self) {
        self.task.lapses = 0;
        self.task.lapse_counted_at = None;
        self.close_parks();
    }

    /// Ends a row of parks with an event, if only the first of them was one.
    fn close_parks(&mut self) {
        let parks = std::mem::take(&mut self.task.parks);
        if parks >= QUIET_PARKS {
            self.event(EventKind::Resumed { parks });
        }
    }

    /// Ends a lease that ran out. A task whose leases keep running out without a new part is tried alone, then given up.
    pub(super) fn lapse(&mut self) {
        let progressed = self.task.lease.as_ref().is_some_and(|lease| lease.progressed);
        self.forfeit_lease();
        self.event(EventKind::Lapsed);
        if progressed || !self.lapse_counts() {
            return;
        }
        self.task.lapses += 1;
        self.task.lapse_counted_at = Some(self.now);
        if self.task.lapses > self.rules.solo_after {
            let reason = format!(
                "its worker fell silent {} times in a row, the last time working on it alone",
                self.task.lapses
            );
            self.die(reason);
        }
    }

    /// Returns whether a lapse counts against the task. Deaths of workers that follow each other closely mostly have one
    /// cause outside of the task, such as a restart of the fleet.
    fn lapse_counts(&self) -> bool {
        let apart = self.rules.lease * LAPSES_APART;
        self.task.lapse_counted_at.is_none_or(|counted| self.now.since(counted) >= apart)
    }

    /// Gives the task up. The gap policy decides about a dead chapter; a dead plan or binding fails the book. Without its audit
    /// or a repair the book is sound.
    pub(super) fn die(&mut self, reason: String) {
        self.close_parks();
        self.task.due = None;
        self.task.parked = None;
        self.task.standing = Standing::Dead;
        self.task.reason = Some(reason.clone());
        let stage = match self.task.id {
            TaskId::Plan => Stage::Plan,
            TaskId::Bind => Stage::Bind,
            TaskId::Write(_) => return self.event(EventKind::ChapterDead { reason }),
            TaskId::Audit | TaskId::Repair { .. } => return self.event(EventKind::Unmended { reason }),
        };
        if self.book.state.settled() {
            return;
        }
        self.event(EventKind::Failed { reason: reason.clone() });
        self.book.settle(State::Failed(stage), Some(reason), self.now, self.rules);
    }
}

pub(super) const LEASE_OVER: Answer = Answer::Stop { reason: "the lease is over" };
