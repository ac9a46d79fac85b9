//! Ends a book whose deadline has passed: its missing chapters stay missing.

use super::{Operated, OperationStep};
use crate::{EventKind, Stage, Standing, State};

impl OperationStep<'_> {
    pub(super) fn expire(&mut self) -> Operated {
        if self.book.held() || self.now < self.book.deadline_at {
            return Operated::Unchanged;
        }
        let stage = match self.book.state {
            State::Accepted | State::Planning => Stage::Plan,
            State::Writing => Stage::Write,
            _ => Stage::Bind,
        };
        let reason = "the book's deadline passed";
        self.forfeit_leases();
        self.event(EventKind::Expired { reason: reason.to_owned() });
        let mut dead = 0;
        for task in self.tasks.iter_mut().filter(|task| task.standing.missing()) {
            let owed = task.id.chapter().is_some() == (stage == Stage::Write);
            if owed && (stage == Stage::Write || task.standing == Standing::Released) {
                task.standing = Standing::Dead;
                task.reason = Some(reason.to_owned());
                task.due = None;
                if task.id.chapter().is_some() {
                    dead += 1;
                    self.writes.events.push(self.book.event(
                        self.now,
                        Some(task.id),
                        EventKind::ChapterDead { reason: reason.to_owned() },
                    ));
                }
            }
        }
        if stage != Stage::Write {
            self.event(EventKind::Failed { reason: reason.to_owned() });
            self.book.settle(State::Failed(stage), Some(reason.to_owned()), self.now, self.rules);
            return Operated::Expired { released: Vec::new(), dead };
        }
        // The finished chapters may still be bound if the gap policy allows it. The binding gets another day.
        self.book.deadline_at = self.deadline();
        Operated::Expired { released: self.advance(), dead }
    }
}
