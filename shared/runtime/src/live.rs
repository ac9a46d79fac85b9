//! The progress of texts in this process, which a terminal shows between two checkpoints. The ledger has the last word.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bindery_domain::TaskId;

/// The progress of the tasks under way in this process.
#[derive(Debug, Default)]
pub struct LiveProgress {
    tasks: Mutex<BTreeMap<TaskId, TaskProgress>>,
}

/// The progress of one task's parts under way, by their numbers.
pub type TaskProgress = BTreeMap<u16, PartProgress>;

/// The progress of one part's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartProgress {
    /// Characters of the call under way.
    pub characters: u64,
    /// Characters of the sound draft that the call is to improve; `None` where there is no draft.
    pub draft: Option<u64>,
}

impl PartProgress {
    /// Returns the length of the text so far. A rewrite never shows less than its draft.
    pub fn length(self) -> u64 {
        self.characters.max(self.draft.unwrap_or(0))
    }
}

impl LiveProgress {
    /// Notes that a part's call begins: a new try, or a rewrite of the draft that arrived before it.
    pub(crate) fn begin(&self, task: TaskId, part: u16, rewrite: bool) {
        self.with(task, |progress| {
            let text = progress.entry(part).or_default();
            *text = PartProgress { characters: 0, draft: rewrite.then_some(text.length()) };
        });
    }

    /// Notes text that has arrived for a part.
    pub(crate) fn text(&self, task: TaskId, part: u16, piece: &str) {
        let characters = piece.chars().count() as u64;
        self.with(task, |progress| progress.entry(part).or_default().characters += characters);
    }

    /// Notes that a part is finished: from here on its checkpoint has its length.
    pub(crate) fn part_finished(&self, task: TaskId, part: u16) {
        self.with(task, |progress| progress.remove(&part));
    }

    /// Notes that this process no longer works on a task.
    pub(crate) fn task_ended(&self, task: TaskId) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).remove(&task);
    }

    /// Returns all tasks as they are now.
    pub fn snapshot(&self) -> BTreeMap<TaskId, TaskProgress> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with<T>(&self, task: TaskId, change: impl FnOnce(&mut TaskProgress) -> T) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        change(tasks.entry(task).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: TaskId = TaskId::Write(1);

    fn text(live: &LiveProgress) -> PartProgress {
        live.snapshot()[&TASK][&1]
    }

    #[test]
    fn a_failed_try_starts_at_length_zero_and_a_rewrite_keeps_the_length_of_its_draft() {
        let live = LiveProgress::default();
        live.begin(TASK, 1, false);
        live.text(TASK, 1, "lost");
        live.begin(TASK, 1, false);
        assert_eq!(text(&live).length(), 0);
        live.text(TASK, 1, "Ein Entwürflein");
        live.begin(TASK, 1, true);
        live.text(TASK, 1, "kurz");
        assert_eq!(text(&live), PartProgress { characters: 4, draft: Some(15) });
        assert_eq!(text(&live).length(), 15);
    }

    #[test]
    fn finished_parts_and_ended_tasks_are_no_longer_under_way() {
        let live = LiveProgress::default();
        live.begin(TASK, 1, false);
        live.begin(TASK, 2, false);
        live.part_finished(TASK, 1);
        assert_eq!(live.snapshot()[&TASK].len(), 1);
        live.task_ended(TASK);
        assert!(live.snapshot().is_empty());
    }
}
