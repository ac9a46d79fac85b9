//! Whose work a line of the log tells of.
//!
//! It is handed on beside the work, and not as a span that is entered: a stream wakes its reader many times, and each
//! would be paid for.

use std::sync::Arc;

use bindery_domain::{BookId, TaskId, TraceParent};

tokio::task_local! {
    static SUBJECT: Arc<Subject>;
}

/// A book or one of its tasks, and where in a trace its work stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The book.
    pub book: BookId,
    /// The task; none where the book itself is worked on.
    pub task: Option<TaskId>,
    /// The place; none where nothing is traced.
    pub place: Option<TraceParent>,
}

/// Runs work whose lines tell of this subject. What it spawns needs a scope of its own.
pub fn within<F: Future>(subject: Arc<Subject>, work: F) -> impl Future<Output = F::Output> + use<F> {
    SUBJECT.scope(subject, work)
}

/// Returns whose work this is; none outside of any.
pub fn subject() -> Option<Arc<Subject>> {
    SUBJECT.try_with(Clone::clone).ok()
}
