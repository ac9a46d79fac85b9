//! The book or task that a log line is about.
//!
//! The subject travels beside the work and not as a span that is entered: a stream wakes its reader many times, and each
//! entry would cost time.

use std::sync::Arc;

use bindery_domain::{BookId, TaskId, TraceParent};

tokio::task_local! {
    static SUBJECT: Arc<Subject>;
}

/// A book or one of its tasks, and the span that the work on it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The book.
    pub book: BookId,
    /// The task; `None` where the work is on the book itself.
    pub task: Option<TaskId>,
    /// The span that the work belongs to; `None` where nothing is traced.
    pub trace_parent: Option<TraceParent>,
}

/// Runs work whose log lines are about this subject. A task that the work spawns needs a scope of its own.
pub fn within<F: Future>(subject: Arc<Subject>, work: F) -> impl Future<Output = F::Output> + use<F> {
    SUBJECT.scope(subject, work)
}

/// Returns the subject of the work that calls this; `None` outside of any.
pub fn subject() -> Option<Arc<Subject>> {
    SUBJECT.try_with(Clone::clone).ok()
}
