//! Ends a book whose deadline has passed: its missing chapters stay missing.

use bindery_domain::TaskId;

use super::{Operated, OperationStep};
use crate::{AuditMode, EventKind, Stage, Standing, State};

impl OperationStep<'_> {
    pub(super) fn expire(&mut self) -> Operated {
        if self.book.held() || self.now < self.book.deadline_at {
            return Operated::Unchanged;
        }
        let stage = match self.book.state {
            State::Accepted | State::Planning => Stage::Plan,
            // A book whose time is over while it is polished is bound as it stands.
            State::Writing | State::Auditing => Stage::Write,
            _ => Stage::Bind,
        };
        let reason = "the book's deadline passed";
        self.forfeit_leases();
        self.event(EventKind::Expired { reason: reason.to_owned() });
        let mut dead = 0;
        for task in self.tasks.iter_mut().filter(|task| task.standing.missing()) {
            let unwanted = task.id == TaskId::Audit && self.book.terms.audit == AuditMode::Off;
            let owed = (task.id.in_waves() || task.id == TaskId::Audit) == (stage == Stage::Write) && !unwanted;
            if owed && (stage == Stage::Write || task.standing == Standing::Released) {
                task.standing = Standing::Dead;
                task.reason = Some(reason.to_owned());
                task.due = None;
                let reason = reason.to_owned();
                let what = match task.id.chapter() {
                    Some(_) => EventKind::ChapterDead { reason },
                    None if stage == Stage::Write => EventKind::Unmended { reason },
                    None => continue,
                };
                dead += u32::from(task.id.chapter().is_some());
                self.writes.events.push(self.book.event(self.now, Some(task.id), what));
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
