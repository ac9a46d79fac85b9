//! Serving due times: what the sweeper does for one task. The answer names repairs only; routine work has no name.

use super::{Answer, Released, Step, task::Standing};

/// The repair of a task that was published and that nobody has claimed.
const LOST: &str = "message_lost";

impl Step<'_> {
    pub(super) fn serve(&mut self, backlog: bool, spare_leases: bool) -> Answer {
        if self.task.due.is_none_or(|due| due > self.now) {
            return Answer::Nothing;
        }
        if spare_leases && self.extend_lease() {
            return Answer::Nothing;
        }
        let heal = self.cause();
        self.task.resends += u32::from(heal == Some(LOST));
        // It is still sent again: nobody can see whether it is lost or waits, and a second message does no harm.
        let heal = heal.filter(|heal| !(backlog && *heal == LOST));
        if self.task.lease.is_some() {
            self.lapse();
        }
        if self.task.standing == Standing::Dead {
            return Answer::GivenUp { released: self.after_death() };
        }
        if self.task.standing != Standing::Released || self.book.state.settled() {
            self.task.due = None;
            return Answer::Nothing;
        }
        if self.book.held() {
            self.task.published = false;
            self.task.due = None;
            return Answer::Nothing;
        }
        self.task.release(self.now, self.rules);
        Answer::Publish { task: Released::of(&self.book, &self.task, self.rules), heal }
    }

    /// Extends the lease by its whole length, if there is one. Returns whether there is.
    fn extend_lease(&mut self) -> bool {
        let until = self.now + self.rules.lease;
        let Some(lease) = &mut self.task.lease else { return false };
        lease.until = until;
        self.task.due = Some(until);
        true
    }

    /// Names the repair that the task needs; returns `None` for a park that has come due.
    fn cause(&self) -> Option<&'static str> {
        if self.task.lease.is_some() {
            Some("lease_lapsed")
        } else if self.task.parked.is_some() {
            None
        } else if self.task.published {
            Some(LOST)
        } else {
            Some("unpublished")
        }
    }
}
