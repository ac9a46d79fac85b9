//! How far texts have come in this process: what a terminal shows between two checkpoints. Never the truth.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::book::id::TaskId;

/// Tasks under way in this process.
#[derive(Debug, Default)]
pub struct Live {
    tasks: Mutex<BTreeMap<TaskId, Progress>>,
}

/// How far one task has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Characters written so far by each part under way.
    pub parts: BTreeMap<u16, u64>,
    /// Calls of this task that failed so far in this process.
    pub failures: u32,
    /// What its last failure was.
    pub last_failure: Option<String>,
}

impl Live {
    /// Notes that a part's call has begun anew.
    pub fn begin(&self, task: TaskId, part: u16) {
        self.with(task, |progress| progress.parts.insert(part, 0));
    }

    /// Notes text that has arrived for a part.
    pub fn text(&self, task: TaskId, part: u16, piece: &str) {
        let characters = piece.chars().count() as u64;
        self.with(task, |progress| *progress.parts.entry(part).or_default() += characters);
    }

    /// Notes that a part is kept: from here on its checkpoint tells its length.
    pub fn kept(&self, task: TaskId, part: u16) {
        self.with(task, |progress| progress.parts.remove(&part));
    }

    /// Notes that a call failed.
    pub fn failed(&self, task: TaskId, reason: &str) {
        self.with(task, |progress| {
            progress.failures += 1;
            progress.last_failure = Some(reason.to_owned());
        });
    }

    /// Returns all tasks as they are now.
    pub fn snapshot(&self) -> BTreeMap<TaskId, Progress> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with<T>(&self, task: TaskId, change: impl FnOnce(&mut Progress) -> T) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        change(tasks.entry(task).or_default());
    }
}
