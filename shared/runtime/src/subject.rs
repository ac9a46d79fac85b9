//! The book or task that a log line is about.
//!
//! The subject travels beside the work and not as a span that is entered. A stream wakes its reader many times, and each entry
//! would cost time.

use std::sync::Arc;

use bindery_domain::{BookId, TaskId, TraceParent};
use bindery_ledger::{Released, Request};

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

impl Subject {
    /// Returns the book of a request that was just accepted. A store that traces requests itself has given the book a span of its
    /// own. Without one, nothing is traced here.
    pub fn of_request(request: &Request, released: &[Released]) -> Self {
        let span = released.first().and_then(|released| released.trace);
        Self { book: request.book_id(), task: None, trace_parent: span.filter(|span| Some(*span) != request.trace) }
    }
}

/// Runs work whose log lines are about this subject. A task that the work spawns needs a scope of its own.
pub fn within<F: Future>(subject: Arc<Subject>, work: F) -> impl Future<Output = F::Output> + use<F> {
    SUBJECT.scope(subject, work)
}

/// Returns the subject of the work that calls this; `None` outside of any.
pub fn subject() -> Option<Arc<Subject>> {
    SUBJECT.try_with(Clone::clone).ok()
}
