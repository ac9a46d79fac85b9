//! The ways a lease ends: with a result, by putting the task aside, or by giving it up.

use std::time::Duration;

use bindery_domain::{HashedText, Micros, TaskId};
use bindery_outline::Outline;

use super::{
    Answer, Binding, Checkpoint, EventKind, Output, Plan, Released, State, Step,
    command::Parking,
    event::named,
    lease::{LEASE_OVER, QUIET_PARKS},
    outlined,
    task::{Ending, Fence, Standing, Task, TaskResult},
};

/// The most times that the wait for a lost message is doubled.
const MAX_LOST_DOUBLINGS: u32 = 6;

/// What a worker reports about its lease when it delivers a result.
pub(super) struct Finished {
    pub(super) fence: Fence,
    pub(super) edition: u32,
    /// The parts that no checkpoint has kept yet.
    pub(super) parts: Vec<Checkpoint>,
    /// The total that the lease has spent.
    pub(super) spent: Micros,
}

impl Step<'_> {
    /// Accepts the first valid result of an edition, even from a lease that has run out. A binding needs its lease.
    pub(super) fn commit(&mut self, finished: Finished, output: Output) -> Answer {
        let Finished { fence, edition, mut parts, spent } = finished;
        if self.task.leased(&fence).is_some() {
            // The parts are paid for, so they are kept even if the result is refused.
            self.keep_parts(&fence, std::mem::take(&mut parts));
        }
        let fits = self.fits(&output);
        if let Some(answer) = self.refuse_commit(&fence, edition, fits, spent) {
            return answer;
        }
        if self.task.lease.as_ref().is_some_and(|lease| lease.is_named(&fence)) {
            self.end_lease(Ending::Committed, spent);
        } else {
            self.forfeit_lease();
            self.keep_parts(&fence, parts);
        }
        self.progress();
        let fence = fence.number;
        match output {
            Output::Plan(plan) => Answer::Committed { released: self.planned(fence, plan) },
            Output::Chapter { text, length, summary, remarks, sections } => {
                self.store_result(fence, text, length);
                let stored = self.task.result.as_mut().expect("the result was stored in the line above");
                stored.summary = summary;
                stored.remarks = remarks;
                stored.sections = sections;
                self.event(EventKind::ChapterDone { length });
                let released = if self.book.state == State::Binding { self.bind_anew() } else { self.advance() };
                Answer::Committed { released }
            }
            Output::Audit(audit) => self.audited(fence, audit),
            Output::Repair { text, length, sections, remarks } => {
                self.repaired(fence, text, length, sections);
                self.task.result.as_mut().expect("the result was stored in the line above").remarks = remarks;
                Answer::Committed { released: self.advance() }
            }
            Output::Binding(binding) => self.bound(fence, binding),
        }
    }

    /// Returns whether a result belongs to the order of the book: only the plan of a topic brings an outline. After a store went
    /// back in time, an edition of the same number may have another order.
    fn fits(&self, output: &Output) -> bool {
        match output {
            Output::Plan(plan) => plan.outline.is_some() == (self.book.chapters == 0),
            _ => true,
        }
    }

    /// Answers a late or repeated commit, and counts the cost of a late one as waste; returns `None` where the commit is valid.
    fn refuse_commit(&mut self, fence: &Fence, edition: u32, fits: bool, spent: Micros) -> Option<Answer> {
        let done = self.task.standing == Standing::Done;
        let repeated = done
            && self
                .task
                .result
                .as_ref()
                .is_some_and(|result| result.fence == fence.number && result.edition == edition);
        if repeated {
            return Some(Answer::Committed { released: self.take_unpublished() });
        }
        let late = done || edition != self.task.edition || !fits;
        let closed = self.book.state.settled() || self.too_late_to_repair();
        if !late && !closed && self.task.standing != Standing::Waiting {
            // Other texts may have come since a binding's lease was lost. To bind again costs no call.
            let lost_binding = self.task.id == TaskId::Bind && self.task.leased(fence).is_none();
            return lost_binding.then_some(LEASE_OVER);
        }
        if let Some(lease) = self.task.leased(fence) {
            let wasted = lease.spent.max(spent);
            self.book.money.wasted += wasted;
            self.end_lease(Ending::Committed, spent);
        }
        Some(if late { Answer::Duplicate } else { Answer::Closed })
    }

    /// Ends the task with its result.
    pub(super) fn store_result(&mut self, fence: u64, text: HashedText, length: u32) {
        self.task.standing = Standing::Done;
        self.task.due = None;
        self.task.parked = None;
        self.task.reason = None;
        let digest = self.keep(text);
        let edition = self.task.edition;
        self.task.supersede();
        let result = TaskResult::new(edition, fence, digest, length);
        self.task.result = Some(TaskResult { at: Some(self.now), ..result });
    }

    /// Stores the plan, and releases the first chapters that are written from it.
    pub(super) fn planned(&mut self, fence: u64, plan: Plan) -> Vec<Released> {
        let Plan { context, estimate, outline } = plan;
        self.book.context = Some(context.digest().clone());
        self.book.estimate = estimate;
        self.store_result(fence, context, 0);
        self.book.state = State::Writing;
        let chapters = outline.map(|outline| self.outlined(outline)).unwrap_or_default();
        self.event(EventKind::Planned);
        if self.book.terms.review {
            self.hold_for_review();
        }
        self.advance_into(chapters)
    }

    /// Takes the outline that was made from the book's topic, and returns the chapters that the book now has.
    fn outlined(&mut self, outline: Box<Outline>) -> Vec<Task> {
        self.book.title.clone_from(&outline.title);
        self.book.chapters = outlined::chapters(&outline);
        self.event(EventKind::Outlined { title: outline.title.clone() });
        let chapters = outlined::tasks(&outline, self.book.edition);
        self.writes.outline = Some(outline);
        chapters
    }

    fn hold_for_review(&mut self) {
        self.book.holds.insert(super::Hold::Review);
        self.book.held_since.get_or_insert(self.now);
        self.event(EventKind::Held { reason: "the plan waits for an approval".to_owned() });
    }

    /// Binds a book again because a chapter that was given up has just arrived. The binder may have read the chapters
    /// before that; a new edition makes its result a duplicate.
    fn bind_anew(&mut self) -> Vec<Released> {
        let Some(mut others) = self.take_others() else { return Vec::new() };
        let Some(bind) = &mut others.bind else { return Vec::new() };
        self.book.forfeit(bind);
        self.book.edition += 1;
        bind.reopen(self.book.edition);
        let bind = bind.clone();
        self.book.state = State::Writing;
        let released = self.advance_among(others);
        if released.is_empty() {
            self.writes.tasks.push(bind);
        }
        released
    }

    fn bound(&mut self, fence: u64, binding: Binding) -> Answer {
        let json = serde_json::to_string(&binding).expect("a binding holds only strings and numbers");
        self.store_result(fence, json.into(), 0);
        if !binding.left.is_empty() {
            let counted = u32::try_from(binding.left.len()).unwrap_or(u32::MAX);
            let findings = counted.saturating_add(binding.left_beyond);
            self.event(EventKind::Reread { findings, left: named(&binding.left) });
        }
        self.book.binding = Some(binding);
        self.book.settle(State::Done, None, self.now, self.rules);
        self.event(EventKind::Done);
        Answer::Committed { released: Vec::new() }
    }

    pub(super) fn park(&mut self, fence: &Fence, wait: Duration, reason: Parking, spent: Micros) -> Answer {
        let Some(lease) = self.task.leased(fence) else {
            return if self.task.ended == Some((fence.number, Ending::Parked)) { Answer::Parked } else { LEASE_OVER };
        };
        let (allowance, nothing) = (lease.allowance, lease.spent.max(spent) == Micros::ZERO);
        if reason == Parking::Allowance && nothing {
            // The allowance never covers a single call. The next lease may spend more, or the budget holds the book.
            self.book.estimate = self.book.estimate.max(allowance + allowance);
        }
        self.end_lease(Ending::Parked, spent);
        if self.task.standing != Standing::Released {
            return Answer::Parked;
        }
        let (due, reason) = match reason {
            Parking::Wait(reason) => (self.now + wait, reason),
            Parking::Drain => (self.now, "its worker was stopped".to_owned()),
            Parking::Held => (self.now, "its message was held for long enough".to_owned()),
            Parking::Allowance => (self.now, "its lease was not allowed to spend more".to_owned()),
        };
        self.task.due = Some(due);
        self.task.published = false;
        self.task.parks += 1;
        if self.task.parks < QUIET_PARKS {
            self.event(EventKind::Parked { reason: reason.clone() });
        }
        self.task.parked = Some(reason);
        Answer::Parked
    }

    pub(super) fn give_up(&mut self, fence: &Fence, reason: String, spent: Micros) -> Answer {
        if self.task.leased(fence).is_none() {
            let repeated = self.task.ended == Some((fence.number, Ending::GaveUp));
            return if repeated { Answer::GivenUp { released: self.take_unpublished() } } else { LEASE_OVER };
        }
        self.end_lease(Ending::GaveUp, spent);
        if self.task.standing == Standing::Released {
            self.die(reason);
        }
        Answer::GivenUp { released: self.after_death() }
    }

    /// Moves the book on after a chapter, an audit or a repair may have died.
    pub(super) fn after_death(&mut self) -> Vec<Released> {
        match self.task.id {
            TaskId::Write(_) | TaskId::Audit | TaskId::Repair { .. } => self.advance(),
            TaskId::Plan | TaskId::Bind => Vec::new(),
        }
    }

    pub(super) fn published(&mut self) -> Answer {
        // A worker may have put the task aside before the publisher reported this. Its due time is then the park's.
        let queued = self.task.lease.is_none() && self.task.parked.is_none();
        if self.task.standing == Standing::Released && queued && !self.task.published {
            self.task.published = true;
            // An unclaimed message may be lost or may wait in a long queue. Doubling the wait limits duplicates in long queues.
            let lost_after = self.rules.lost_after.saturating_mul(1 << self.task.resends.min(MAX_LOST_DOUBLINGS));
            self.task.due = Some(self.now + lost_after);
        }
        Answer::Noted
    }
}
