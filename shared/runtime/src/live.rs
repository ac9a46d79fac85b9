//! How far texts have come in this process: what a terminal shows between two checkpoints. Never the truth.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bindery_domain::TaskId;

/// Tasks under way in this process.
#[derive(Debug, Default)]
pub struct LiveProgress {
    tasks: Mutex<BTreeMap<TaskId, TaskProgress>>,
}

/// The texts of one task's parts under way.
pub type TaskProgress = BTreeMap<u16, PartProgress>;

/// How far one text has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartProgress {
    /// Characters of the call under way.
    pub characters: u64,
    /// Characters of the sound draft that the call is to better; none while there is no such draft.
    pub draft: Option<u64>,
}

impl PartProgress {
    /// Returns the length of the text that there is already: a rewrite takes nothing away from its draft.
    pub fn length(self) -> u64 {
        self.characters.max(self.draft.unwrap_or(0))
    }
}

impl LiveProgress {
    /// Notes that a part's call begins: a try from nothing, or a rewrite of the draft that was heard before it.
    pub fn begin(&self, task: TaskId, part: u16, rewrite: bool) {
        self.with(task, |progress| {
            let text = progress.entry(part).or_default();
            *text = PartProgress { characters: 0, draft: rewrite.then_some(text.length()) };
        });
    }

    /// Notes text that has arrived for a part.
    pub fn text(&self, task: TaskId, part: u16, piece: &str) {
        let characters = piece.chars().count() as u64;
        self.with(task, |progress| progress.entry(part).or_default().characters += characters);
    }

    /// Notes that a part is kept: from here on its checkpoint tells its length.
    pub fn kept(&self, task: TaskId, part: u16) {
        self.with(task, |progress| progress.remove(&part));
    }

    /// Notes that the task is in other hands, or in none.
    pub fn ended(&self, task: TaskId) {
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
    fn a_failed_try_begins_from_nothing_and_a_rewrite_keeps_its_drafts_length() {
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
    fn what_is_kept_or_ended_is_no_longer_under_way() {
        let live = LiveProgress::default();
        live.begin(TASK, 1, false);
        live.begin(TASK, 2, false);
        live.kept(TASK, 1);
        assert_eq!(live.snapshot()[&TASK].len(), 1);
        live.ended(TASK);
        assert!(live.snapshot().is_empty());
    }
}
