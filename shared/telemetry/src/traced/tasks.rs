//! The tasks that this process works on, each with its span from delivery to settlement.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bindery_domain::TraceParent;
use bindery_ledger::{Answer, Command, Parking};
use bindery_runtime::subject::subject;
use tracing::Span;

use crate::{
    labels::claim_answer,
    spans::{self, TaskOutcome},
};

/// The open spans of tasks. The key of each is what the spans below it have as their parent.
#[derive(Default)]
pub(super) struct OpenTasks(Mutex<HashMap<TraceParent, OpenTask>>);

struct OpenTask {
    span: Span,
    /// The ledger has answered to the claim.
    answered: bool,
    /// The work has begun and has not ended yet.
    working: bool,
    /// The ledger has told the worker to stop.
    stopped: bool,
}

impl OpenTasks {
    /// Notes that a task was delivered, and returns its key; `None` where nothing is traced.
    pub(super) fn begin(&self, span: Span) -> Option<TraceParent> {
        let key = spans::trace_parent(&span)?;
        self.open().insert(key, OpenTask { span, answered: false, working: false, stopped: false });
        Some(key)
    }

    /// Notes what the ledger answered to a command of the task that is worked on.
    pub(super) fn answered(&self, command: &Command, answer: &Answer) {
        self.with_current(|task| task.answered(command, answer));
    }

    /// Notes that the task that is worked on has reopened chapters.
    pub(super) fn reopened(&self) {
        self.with_current(|task| task.end(TaskOutcome::Reopened));
    }

    /// Ends the span of a task, since its delivery is settled or dropped.
    pub(super) fn end(&self, key: TraceParent) {
        let Some(mut task) = self.open().remove(&key) else { return };
        if !task.answered {
            spans::claimed(&task.span, "returned");
        }
        if task.working {
            task.end(TaskOutcome::Crashed);
        }
    }

    fn with_current(&self, change: impl FnOnce(&mut OpenTask)) {
        let Some(key) = subject().and_then(|subject| subject.trace_parent) else { return };
        if let Some(task) = self.open().get_mut(&key) {
            change(task);
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<TraceParent, OpenTask>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenTask {
    fn answered(&mut self, command: &Command, answer: &Answer) {
        let outcome = match command {
            Command::Claim { .. } => {
                spans::claimed(&self.span, claim_answer(answer));
                self.answered = true;
                self.working = matches!(answer, Answer::Go(_));
                return;
            }
            Command::Renew { .. } | Command::Checkpoint { .. } => {
                self.stopped |= matches!(answer, Answer::Stop { .. });
                return;
            }
            Command::Published | Command::Serve { .. } => return,
            Command::Commit { .. } => TaskOutcome::Done,
            Command::Park { reason: Parking::Drain, .. } => TaskOutcome::Drained,
            Command::Park { .. } => TaskOutcome::Parked,
            Command::GiveUp { .. } => TaskOutcome::GivenUp,
        };
        self.end(if self.stopped { TaskOutcome::Stopped } else { outcome });
    }

    fn end(&mut self, outcome: TaskOutcome) {
        self.working = false;
        spans::worked(&self.span, outcome);
    }
}
