//! An outline that replaces the one of a settled book. Texts of chapters that have not changed are kept.

use std::collections::BTreeMap;

use bindery_domain::TaskId;

use super::{Operated, OperationStep};
use crate::{Book, EventKind, Request, Standing, State, Task, outlined};

impl OperationStep<'_> {
    pub(super) fn replace_outline(&mut self, request: &Request, kept: &BTreeMap<u32, u32>) -> Operated {
        if self.book.state == State::Cancelled {
            return Operated::TooLate;
        }
        if !self.book.state.settled() && !self.tasks.iter().all(|task| task.lease.is_none()) {
            return Operated::TooEarly;
        }
        self.next_edition(EventKind::OutlineReplaced);
        let old = std::mem::replace(&mut self.book, Book::accepted(request, self.now));
        self.book.edition = old.edition;
        self.writes.request = Some(Box::new(request.clone()));
        self.book.money = old.money;
        self.book.accepted_at = old.accepted_at;
        let tasks = std::mem::take(&mut self.tasks);
        let fence = tasks.iter().map(|task| task.fence).max().unwrap_or(0);
        self.tasks = self.revised_tasks(request, kept, &tasks);
        // Fences continue from the highest of the old records, so that no earlier holder is mistaken for a new one.
        self.tasks.iter_mut().for_each(|task| task.fence = fence);
        let gone = tasks.iter().map(|task| task.id).filter(|id| !self.tasks.iter().any(|task| task.id == *id));
        self.writes.removed.extend(gone);
        Operated::Done { released: self.restart() }
    }

    fn revised_tasks(&self, request: &Request, kept: &BTreeMap<u32, u32>, old: &[Task]) -> Vec<Task> {
        let (edition, outline) = (self.book.edition, &request.order.outline);
        let mut tasks: Vec<Task> =
            [TaskId::Plan, TaskId::Audit, TaskId::Bind].map(|id| Task::waiting(id, edition, 0)).into();
        let summed_up = (1..=self.book.chapters).any(|number| outlined::wave(outline, number) > 0);
        for number in 1..=self.book.chapters {
            let mut task = Task::waiting(TaskId::Write(number), edition, outlined::wave(outline, number));
            let source = kept.get(&number).and_then(|from| old.iter().find(|task| task.id == TaskId::Write(*from)));
            if let Some(source) = source.filter(|source| source.standing == Standing::Done) {
                task.parts.clone_from(&source.parts);
                task.result.clone_from(&source.result);
                task.former.clone_from(&source.former);
                let summary = source.result.as_ref().and_then(|result| result.summary.as_ref());
                // Chapters that are written last need summaries of the others. If one is still owed, the parts are kept.
                if !summed_up || task.wave > 0 || summary.is_some() {
                    task.standing = Standing::Done;
                    task.edition = source.edition;
                }
            }
            tasks.push(task);
        }
        tasks
    }
}
