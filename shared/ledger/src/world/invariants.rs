//! The invariants of a book, which must hold after every step.

use std::collections::BTreeSet;

use bindery_domain::{Micros, TaskId};

use super::{RETENTION, World};
use crate::{AuditMode, Standing, State, Task, TaskResult, Texts};

impl World {
    /// Checks all invariants of a book.
    pub(crate) fn check(&mut self) {
        let book = &self.book;
        if let Some(budget) = book.terms.budget {
            let leases = self.tasks.values().filter_map(|task| task.lease.as_ref());
            let reserved: Micros = leases.map(|lease| lease.allowance).sum();
            assert_eq!(book.money.reserved, reserved, "reserved cost is the live leases' allowances");
            assert!(book.money.committed() <= budget, "{:?} passes the budget {budget}", book.money);
        }
        let chapters: BTreeSet<u32> = self.tasks.keys().filter_map(|task| task.chapter()).collect();
        assert_eq!(chapters, (1..=book.chapters).collect(), "every chapter is missing, done or dead");
        assert_eq!(self.outline().chapters.len(), book.chapters as usize, "the chapters are those of the outline");
        assert!(self.done_in.values().all(|times| *times == 1), "done twice in one edition");
        for task in self.tasks.values().filter(|task| task.standing == Standing::Done) {
            let chapter = match task.id {
                TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => chapter,
                TaskId::Plan | TaskId::Audit | TaskId::Bind => continue,
            };
            let Some(TaskResult { edition, revision, digest, .. }) = &task.result else { continue };
            let first = self.first.entry((chapter, *edition, *revision)).or_insert_with(|| digest.clone());
            assert_eq!(first, digest, "two texts for revision {revision} of chapter {chapter}, edition {edition}");
        }
        let released = || self.tasks.values().filter(|task| task.standing == Standing::Released);
        assert!(released().filter(|task| task.id.in_waves()).count() <= book.terms.window as usize);
        let ordered = |task: &&Task| matches!(task.id, TaskId::Repair { .. }) && task.revision.is_none();
        assert!(
            !self.tasks.values().any(|task| ordered(&task)) || book.terms.audit != AuditMode::Off,
            "a book is repaired that is not audited"
        );
        if book.state == State::Done {
            let binding = book.binding.as_ref().expect("a book that is done was bound");
            assert_eq!(binding.texts, self.done(), "the bound book is not the set of its finished chapters");
        }
        self.check_texts();
        if book.state.settled() || book.held() {
            return;
        }
        assert!(released().next().is_some(), "an unsettled book owes nothing: {:?}", book.state);
        assert!(released().all(|task| task.due.is_some()), "a released task has no due time");
        let early = released().filter(|task| task.id.in_waves()).any(|task| task.wave > book.wave);
        assert!(!early, "a chapter was released before its wave opened");
    }

    /// Checks that texts leave once a book has been settled for its retention time, never earlier, and never only in part.
    fn check_texts(&self) {
        let book = &self.book;
        match book.texts {
            Texts::Kept => assert!(!book.state.settled(), "a settled book's texts have no time to leave at"),
            Texts::Until(at) => assert_eq!(Some(at), book.settled_at.map(|settled| settled + RETENTION)),
            Texts::Leaving(since) => assert!(book.settled_at.is_some_and(|settled| settled + RETENTION <= since)),
            Texts::Left => assert!(self.stored.is_empty(), "texts have come or stayed after they had left"),
        }
        assert_eq!(book.settled_at.is_some(), book.state.settled());
        if matches!(book.texts, Texts::Leaving(_) | Texts::Left) {
            assert!(self.tasks.values().all(|task| task.lease.is_none()), "who has a lease may bring a text");
            return;
        }
        let results = self.tasks.values().filter_map(|task| task.result.as_ref()).map(|result| &result.digest);
        let parts = self.tasks.values().flat_map(|task| task.parts.values()).filter_map(|part| part.digest.as_ref());
        let former = self.tasks.values().flat_map(|task| &task.former).map(|version| &version.digest);
        for digest in results.chain(parts).chain(former).chain(book.context.as_ref()) {
            assert!(self.stored.contains(digest), "a text has left before its time");
        }
    }
}
