//! The tasks that this process works on, each with its span from delivery to settlement.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bindery_domain::TraceParent;
use bindery_ledger::{Answer, Command, Parking};
use bindery_runtime::subject::subject;
use tracing::Span;

use super::{
    super::store::answered,
    spans::{self, TaskEnd},
};

/// The spans of tasks under way, by their place in the trace.
#[derive(Default)]
pub(super) struct OpenTasks(Mutex<HashMap<TraceParent, OpenTask>>);

struct OpenTask {
    span: Span,
    /// Whether the ledger has answered to its claim.
    answered: bool,
    /// Whether work has begun that has not ended yet.
    working: bool,
    /// Whether the ledger has said that the work is to stop.
    stopped: bool,
}

impl OpenTasks {
    /// Notes that a task was delivered; returns its place in the trace, none where nothing is traced.
    pub(super) fn begin(&self, span: Span) -> Option<TraceParent> {
        let place = spans::place_of(&span)?;
        self.open().insert(place, OpenTask { span, answered: false, working: false, stopped: false });
        Some(place)
    }

    /// Notes what the ledger answered to a command of the task that this work is done for.
    pub(super) fn noted(&self, command: &CommandKind, answer: &Answer) {
        let Some(place) = subject().and_then(|subject| subject.place) else { return };
        let mut open = self.open();
        let Some(task) = open.get_mut(&place) else { return };
        match (command, answer) {
            (CommandKind::Claim, _) => {
                spans::claimed(&task.span, answered(answer));
                task.answered = true;
                task.working = matches!(answer, Answer::Go(_));
            }
            (CommandKind::Keep, Answer::Stop { .. }) => task.stopped = true,
            (CommandKind::End(_), _) if task.stopped => task.end(TaskEnd::Stopped),
            (CommandKind::End(end), _) => task.end(*end),
            (CommandKind::Keep | CommandKind::Other, _) => {}
        }
    }

    /// Notes that a task's chapters are written again.
    pub(super) fn reopened(&self) {
        let Some(place) = subject().and_then(|subject| subject.place) else { return };
        if let Some(task) = self.open().get_mut(&place) {
            task.end(TaskEnd::Reopened);
        }
    }

    /// Ends a task's span: its delivery is settled or dropped.
    pub(super) fn settled(&self, place: TraceParent) {
        let Some(mut task) = self.open().remove(&place) else { return };
        if !task.answered {
            spans::claimed(&task.span, "returned");
        }
        if task.working {
            task.end(TaskEnd::Crashed);
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<TraceParent, OpenTask>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenTask {
    fn end(&mut self, end: TaskEnd) {
        self.working = false;
        spans::worked(&self.span, end);
    }
}

/// What of a command shows in a task's span.
pub(super) enum CommandKind {
    Claim,
    /// One that may find the lease over while work goes on.
    Keep,
    End(TaskEnd),
    Other,
}

impl From<&Command> for CommandKind {
    fn from(command: &Command) -> Self {
        match command {
            Command::Claim { .. } => Self::Claim,
            Command::Renew { .. } | Command::Checkpoint { .. } => Self::Keep,
            Command::Commit { .. } => Self::End(TaskEnd::Done),
            Command::Park { reason: Parking::Drain, .. } => Self::End(TaskEnd::Drained),
            Command::Park { .. } => Self::End(TaskEnd::Parked),
            Command::GiveUp { .. } => Self::End(TaskEnd::GivenUp),
            Command::Published | Command::Serve { .. } => Self::Other,
        }
    }
}
