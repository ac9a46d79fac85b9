//! The progress of texts in this process, which a terminal shows between two checkpoints. The ledger has the last word.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
};

use bindery_domain::TaskId;

/// The progress of the tasks under way in this process.
#[derive(Debug, Default)]
pub struct LiveProgress {
    tasks: Mutex<BTreeMap<TaskId, TaskProgress>>,
    failed_tries: Mutex<VecDeque<FailedTry>>,
}

/// The most failed tries that are kept for a view. Where nobody looks, the oldest are dropped.
const MAX_FAILED_TRIES: usize = 100;

/// A call that brought no usable text, and that is followed by another try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTry {
    /// The task.
    pub task: TaskId,
    /// The number of its part.
    pub number: u16,
    /// The name of its part, like `section 3`.
    pub part: String,
    /// The number of the failed try.
    pub attempt: u32,
    /// How many tries the part has.
    pub of: u32,
    /// Why it failed.
    pub reason: String,
}

impl fmt::Display for FailedTry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, attempt, of, reason, .. } = self;
        write!(f, "{part}, try {attempt} of {of} failed: {reason}")
    }
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

    /// Notes that a try failed.
    pub(crate) fn try_failed(&self, failed: FailedTry) {
        let mut tries = self.failed_tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.push_back(failed);
        if tries.len() > MAX_FAILED_TRIES {
            tries.pop_front();
        }
    }

    /// Returns the tries that have failed since it was last called.
    pub fn take_failed_tries(&self) -> Vec<FailedTry> {
        self.failed_tries.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
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
    fn failed_tries_are_told_once_and_the_oldest_are_dropped_where_nobody_looks() {
        let live = LiveProgress::default();
        let failed = |attempt: u32| FailedTry {
            task: TASK,
            number: 3,
            part: "section 3".to_owned(),
            attempt,
            of: 5,
            reason: "it breaks off".to_owned(),
        };
        (1..=101).for_each(|attempt| live.try_failed(failed(attempt)));
        let told = live.take_failed_tries();
        assert_eq!((told.len(), told[0].attempt), (100, 2));
        assert_eq!(told[0].to_string(), "section 3, try 2 of 5 failed: it breaks off");
        assert_eq!(live.take_failed_tries(), []);
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
