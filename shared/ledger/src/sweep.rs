//! Serving due times: what the sweeper does for one task. What had to be repaired is named, the rest is its work.

use super::{Answer, Released, Step, task::Standing};

/// The heal of a task that was published and that nobody came for.
const LOST: &str = "message_lost";

impl Step<'_> {
    pub(super) fn serve(&mut self, backlog: bool) -> Answer {
        if self.task.due.is_none_or(|due| due > self.now) {
            return Answer::Nothing;
        }
        let heal = self.cause();
        self.task.resends += u32::from(heal == Some(LOST));
        // It is sent again all the same: whether it is lost or waits cannot be seen, and a second one does no harm.
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

    /// Names what has to be repaired. A park that has come due is none.
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
