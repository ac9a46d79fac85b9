//! Texts that a person has edited take the place of a finished book's texts.

use super::{EditedText, EventKind, Operated, OperationStep, State, Task, list};
use crate::{
    audit::current_texts,
    task::{Standing, TaskResult},
};

impl OperationStep<'_> {
    /// Replaces the named chapters' texts under a new edition. Every other chapter stays as it is, also a dead one.
    pub(super) fn replace_texts(&mut self, texts: Vec<EditedText>) -> Operated {
        match self.book.state {
            State::Done => {}
            State::Cancelled => return Operated::TooLate,
            _ => return Operated::TooEarly,
        }
        let chapters: Vec<u32> = texts.iter().map(|edited| edited.chapter).collect();
        if let Some(unknown) = chapters.iter().find(|number| !(1..=self.book.chapters).contains(number)) {
            return Operated::NoChapter(*unknown);
        }
        let present = current_texts(&self.tasks);
        let outdated = texts.iter().any(|edited| {
            let name = present.get(&edited.chapter).map(|text| text.name());
            edited.instead_of.is_some_and(|made_from| name != Some(made_from))
        });
        if outdated {
            return Operated::Outdated;
        }
        self.next_edition(EventKind::Rewritten { chapters: list(&chapters) });
        let edition = self.book.edition;
        let now = self.now;
        for EditedText { chapter, text, length, origin, .. } in texts {
            let task = self.tasks.iter_mut().find(|task| task.id.chapter() == Some(chapter));
            let digest = text.digest().clone();
            task.expect("every chapter has a task").take_text(TaskResult {
                origin,
                at: Some(now),
                ..TaskResult::new(edition, 0, digest.clone(), length)
            });
            self.writes.texts.insert(digest, text);
        }
        self.book.state = State::Writing;
        Operated::Done { released: self.restart() }
    }
}

impl Task {
    /// Ends the task with a text that no lease delivered. The summary of the former text stays, since other chapters may be
    /// written from it. Its parts are not parts of the new text.
    fn take_text(&mut self, result: TaskResult) {
        self.supersede();
        let summary = self.result.take().and_then(|former| former.summary);
        self.reopen(result.edition);
        self.parts.clear();
        self.standing = Standing::Done;
        self.result = Some(TaskResult { fence: self.fence, summary, ..result });
    }
}
