//! A settled book is opened again: to try what failed, to write chapters anew, or to bind it once more.

use bindery_domain::TaskId;

use super::{EventKind, Operated, OperationStep, Released, Stage, State, Texts, list};
use crate::{
    audit::merge_repairs,
    task::{Fence, Standing, Task},
};

impl OperationStep<'_> {
    pub(super) fn redrive(&mut self) -> Operated {
        let State::Failed(stage) = self.book.state else {
            return if self.book.state.settled() { Operated::Unchanged } else { Operated::TooEarly };
        };
        self.next_edition(EventKind::Redriven);
        let edition = self.book.edition;
        let dead = |task: &&mut Task| task.standing == Standing::Dead;
        self.tasks.iter_mut().filter(dead).for_each(|task| task.reopen(edition));
        self.book.state = match stage {
            Stage::Plan => State::Accepted,
            Stage::Write | Stage::Bind => State::Writing,
        };
        Operated::Done { released: self.restart() }
    }

    pub(super) fn rewrite(&mut self, chapters: &[u32], note: Option<&str>) -> Operated {
        if self.book.state == State::Cancelled {
            return Operated::TooLate;
        }
        if !self.book.state.settled() {
            return Operated::TooEarly;
        }
        if let Some(unknown) = chapters.iter().find(|number| !(1..=self.book.chapters).contains(number)) {
            return Operated::NoChapter(*unknown);
        }
        self.next_edition(EventKind::Rewritten { chapters: list(chapters) });
        let edition = self.book.edition;
        for task in self.tasks.iter_mut() {
            let named = task.id.chapter().is_some_and(|chapter| chapters.contains(&chapter));
            if named {
                task.reopen(edition);
                task.parts.clear();
                task.note = note.map(str::to_owned);
            } else if matches!(task.standing, Standing::Dead | Standing::Released) || task.id == TaskId::Audit {
                task.reopen(edition);
            }
        }
        self.book.state = if self.book.context.is_some() { State::Writing } else { State::Accepted };
        Operated::Done { released: self.restart() }
    }

    pub(super) fn rebind(&mut self) -> Operated {
        if self.book.state != State::Done {
            return Operated::Unchanged;
        }
        self.next_edition(EventKind::Rebound);
        self.book.state = State::Writing;
        Operated::Done { released: self.restart() }
    }

    pub(super) fn reopen(&mut self, fence: &Fence, chapters: &[u32]) -> Operated {
        let held =
            |task: &Task| task.id == TaskId::Bind && task.lease.as_ref().is_some_and(|lease| lease.is_named(fence));
        if self.book.state != State::Binding || !self.tasks.iter().any(held) {
            return Operated::TooLate;
        }
        self.book.edition += 1;
        self.event(EventKind::Reopened { chapters: list(chapters) });
        let edition = self.book.edition;
        self.forfeit_leases();
        self.merge_repairs();
        for task in self.tasks.iter_mut() {
            let named = task.id.chapter().is_some_and(|chapter| chapters.contains(&chapter));
            if named {
                task.parts.clear();
            }
            if named || matches!(task.id, TaskId::Audit | TaskId::Bind) {
                task.reopen(edition);
            }
        }
        self.book.state = State::Writing;
        Operated::Done { released: self.restart() }
    }

    pub(super) fn next_edition(&mut self, cause: EventKind) {
        self.forfeit_leases();
        self.merge_repairs();
        self.book.edition += 1;
        self.book.reason = None;
        self.book.settled_at = None;
        self.book.texts = Texts::Kept;
        self.restart_clock();
        self.event(cause);
    }

    /// Releases the first missing work of a reopened book: its plan, or the first wave that misses a chapter.
    pub(super) fn restart(&mut self) -> Vec<Released> {
        let (rules, now, edition) = (self.rules, self.now, self.book.edition);
        if self.book.state == State::Accepted {
            let plan = self.tasks.iter_mut().find(|task| task.id == TaskId::Plan).expect("every book has a plan task");
            plan.reopen(edition);
            plan.release(now, rules);
            return vec![Released::of(&self.book, plan, rules)];
        }
        let missing = self.tasks.iter().filter(|task| task.id.in_waves() && task.standing.missing());
        self.book.wave = missing.map(|task| task.wave).min().unwrap_or(self.book.wave);
        self.advance()
    }

    fn merge_repairs(&mut self) {
        self.writes.removed = merge_repairs(&mut self.tasks);
    }
}
