//! Changes that an editor asks for in notes: each one is a repair that a person orders instead of the audit.

use bindery_domain::TaskId;

use super::{EventKind, Operated, OperationStep, State, list};
use crate::{
    audit::{FIRST_ROUND, wave_of_repairs},
    task::{RevisionOrder, Standing, Task},
};

/// A change that an editor asks for in a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The chapter's number.
    pub chapter: u32,
    /// What the editor asks for.
    pub order: RevisionOrder,
}

impl OperationStep<'_> {
    /// Has chapters of a finished book changed under a new edition, and the book bound again. No other text is touched.
    pub(super) fn revise(&mut self, revisions: Vec<Revision>) -> Operated {
        match self.book.state {
            State::Done => {}
            State::Cancelled => return Operated::TooLate,
            _ => return Operated::TooEarly,
        }
        let chapters: Vec<u32> = revisions.iter().map(|revision| revision.chapter).collect();
        let written = |number: &u32| {
            let chapter = self.tasks.iter().find(|task| task.id == TaskId::Write(*number));
            chapter.is_some_and(|task| task.standing == Standing::Done)
        };
        if let Some(unwritten) = chapters.iter().find(|number| !written(number)) {
            return Operated::NoChapter(*unwritten);
        }
        self.next_edition(EventKind::Revising { chapters: list(&chapters) });
        let edition = self.book.edition;
        for Revision { chapter, order } in revisions {
            let id = TaskId::Repair { round: FIRST_ROUND, chapter };
            self.tasks.retain(|task| task.id != id);
            let task = Task::waiting(id, edition, wave_of_repairs(FIRST_ROUND));
            self.tasks.push(Task { revision: Some(order), ..task });
        }
        self.book.state = State::Auditing;
        Operated::Done { released: self.restart() }
    }
}
