//! A plan that a person has edited takes the place of the one that waits for a review.

use bindery_domain::{Digest, TaskId};

use super::{EventKind, Operated, OperationStep};
use crate::{Hold, Plan, task::TaskResult};

impl OperationStep<'_> {
    /// Replaces the plan of a book that waits for a review, unless somebody else has replaced it since it was read.
    pub(super) fn replace_plan(&mut self, plan: Plan, instead_of: &Digest) -> Operated {
        if !self.book.holds.contains(&Hold::Review) || self.book.state.settled() {
            return Operated::TooLate;
        }
        let Plan { context, estimate, outline: _ } = plan;
        match &self.book.context {
            Some(present) if present == context.digest() => return Operated::Unchanged,
            Some(present) if present == instead_of => {}
            _ => return Operated::Outdated,
        }
        let digest = context.digest().clone();
        let task = self.tasks.iter_mut().find(|task| task.id == TaskId::Plan).expect("every book has a plan task");
        let (edition, fence) = (task.edition, task.fence);
        task.result = Some(TaskResult { at: Some(self.now), ..TaskResult::new(edition, fence, digest.clone(), 0) });
        self.book.context = Some(digest.clone());
        self.book.estimate = estimate;
        self.writes.texts.insert(digest, context);
        self.event(EventKind::Planned);
        Operated::Done { released: Vec::new() }
    }
}
