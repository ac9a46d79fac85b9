//! Accepting a request, which is idempotent on (tenant, request id).

use bindery_domain::{Moment, TaskId};

use super::{
    Book, BookCheck, EventKind, Hold, Operated, Operation, Others, Plan, Released, Rules, Snapshot, Step, StoredBook,
    Task, Writes, operate, outlined,
};
use crate::Request;

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The book is new. Its plan must be published, or its first chapters where it came with its plan.
    New(Vec<Released>),
    /// The same order was accepted before. Its terms are now those of this request.
    Exists(Vec<Released>),
    /// Another order was accepted under this request id. Nothing has changed.
    Conflict,
    /// So many books are open that no new one is accepted. Nothing has changed.
    Full,
}

/// Decides a request, given what the store has under its book's id. A new book comes with its plan if that needs no model call.
pub fn accept(
    rules: &Rules,
    now: Moment,
    request: &Request,
    plan: Option<&Plan>,
    stored: Option<StoredBook>,
) -> (Accepted, Writes) {
    match stored {
        None => create(rules, now, request, plan),
        Some(stored) if !is_same(&stored.book, request) => (Accepted::Conflict, Writes::default()),
        Some(stored) => renew_terms(rules, now, request, stored),
    }
}

/// Returns whether a request asks for this very book. An id is part of a hash, so another tenant could try names until its
/// book gets the same id.
fn is_same(book: &Book, request: &Request) -> bool {
    (&book.tenant, &book.request_id) == (&request.tenant, &request.request_id) && book.order == request.order.digest()
}

fn create(rules: &Rules, now: Moment, request: &Request, plan: Option<&Plan>) -> (Accepted, Writes) {
    let book = Book::accepted(request, now);
    let mut tasks = outlined::tasks(&request.order.outline, book.edition);
    let bind = Task::waiting(TaskId::Bind, book.edition, 0);
    let waiting = tasks.iter().take(request.terms.window as usize).cloned().collect();
    let audit = Task::waiting(TaskId::Audit, book.edition, 0);
    let others = Others { waiting, audit: Some(audit.clone()), bind: Some(bind.clone()), ..Others::default() };
    tasks.extend([audit, bind]);
    let task = Task::waiting(TaskId::Plan, book.edition, 0);
    let mut step = Step::new(rules, Snapshot { now, book, task, others: Some(others) });
    step.writes.events.push(step.book.event(now, None, EventKind::Accepted { title: step.book.title.clone() }));
    let released = match plan {
        Some(plan) => step.planned(0, plan.clone()),
        None => {
            step.task.release(now, rules);
            vec![Released::of(&step.book, &step.task, rules)]
        }
    };
    step.writes.book = Some(step.book.clone());
    step.writes.request = Some(Box::new(request.clone()));
    let mut writes = Writes { book_check: BookCheck::Replaced, ..step.finish(false) };
    tasks.retain(|task| writes.tasks.iter().all(|written| written.id != task.id));
    writes.tasks.extend(tasks);
    (Accepted::New(released), writes)
}

/// Replaces the terms. A raised budget lifts the hold that the old budget caused.
fn renew_terms(rules: &Rules, now: Moment, request: &Request, stored: StoredBook) -> (Accepted, Writes) {
    let StoredBook { mut book, tasks } = stored;
    if book.terms == request.terms {
        return (Accepted::Exists(unpublished(&book, &tasks, rules)), Writes::default());
    }
    let raised = match (book.terms.budget, request.terms.budget) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    book.take_terms(&request.terms, &tasks);
    if raised && book.holds.contains(&Hold::Budget) {
        let (operated, mut writes) = operate(rules, now, StoredBook { book, tasks }, Operation::Lift(Hold::Budget));
        let Operated::Done { released } = operated else { unreachable!("a hold that stands can be lifted") };
        writes.request = Some(Box::new(request.clone()));
        return (Accepted::Exists(released), writes);
    }
    let released = unpublished(&book, &tasks, rules);
    let request = Some(Box::new(request.clone()));
    (Accepted::Exists(released), Writes { book: Some(book), request, ..Writes::default() })
}

fn unpublished(book: &Book, tasks: &[Task], rules: &Rules) -> Vec<Released> {
    tasks.iter().filter(|task| task.owed()).map(|task| Released::of(book, task, rules)).collect()
}
