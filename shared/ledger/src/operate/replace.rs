//! Texts that a person has edited take the place of a finished book's texts.

use super::{EditedText, EventKind, Operated, OperationStep, State, Task, list};
use crate::task::{Standing, TaskResult};

impl OperationStep<'_> {
    /// Replaces the named chapters' texts under a new edition. Every other chapter stays as it is, also a dead one.
    pub(super) fn replace(&mut self, texts: Vec<EditedText>) -> Operated {
        match self.book.state {
            State::Done => {}
            State::Cancelled => return Operated::TooLate,
            _ => return Operated::TooEarly,
        }
        let chapters: Vec<u32> = texts.iter().map(|edited| edited.chapter).collect();
        if let Some(unknown) = chapters.iter().find(|number| !(1..=self.book.chapters).contains(number)) {
            return Operated::NoChapter(*unknown);
        }
        self.next_edition(EventKind::Rewritten { chapters: list(&chapters) });
        let edition = self.book.edition;
        for EditedText { chapter, text, length } in texts {
            let task = self.tasks.iter_mut().find(|task| task.id.chapter() == Some(chapter));
            let digest = text.digest().clone();
            task.expect("every chapter has a task")
                .take_text(edition, TaskResult::new(edition, 0, digest.clone(), length));
            self.writes.texts.insert(digest, text);
        }
        self.book.state = State::Writing;
        Operated::Done { released: self.restart() }
    }
}

impl Task {
    /// Ends the task with a text that no lease delivered. The summary of the former text stays, since other chapters may be
    /// written from it. Its parts are not parts of the new text.
    fn take_text(&mut self, edition: u32, result: TaskResult) {
        let summary = self.result.take().and_then(|former| former.summary);
        self.reopen(edition);
        self.parts.clear();
        self.standing = Standing::Done;
        self.result = Some(TaskResult { fence: self.fence, summary, ..result });
    }
}
