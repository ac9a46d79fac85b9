//! Taking a request in: idempotent on (tenant, request id).

use super::{Book, Hold, Moment, Operated, Operation, Released, Rules, Task, Writes, operate, task::Standing};
use crate::book::{id::TaskId, request::Request};

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The book is new; its plan is to be published.
    New(Vec<Released>),
    /// The same order was accepted before; its terms are now those of this request.
    Exists(Vec<Released>),
    /// Another order was accepted under this request id; nothing has changed.
    Conflict,
}

/// Decides a request, given what the store has under its book's id.
pub fn accept(rules: &Rules, now: Moment, request: &Request, stored: Option<(Book, Vec<Task>)>) -> (Accepted, Writes) {
    match stored {
        None => create(rules, now, request),
        Some((book, _)) if book.order != request.order.digest() => (Accepted::Conflict, Writes::default()),
        Some((book, tasks)) => renew_terms(rules, now, request, (book, tasks)),
    }
}

fn create(rules: &Rules, now: Moment, request: &Request) -> (Accepted, Writes) {
    let book = Book::accepted(request, now);
    let mut plan = Task::waiting(TaskId::Plan, book.edition, 0);
    plan.release(now, rules);
    let released = vec![Released::of(&book, &plan, rules)];
    let mut tasks = vec![plan];
    tasks.extend((1..=book.chapters).map(|n| Task::waiting(TaskId::Write(n), book.edition, request.order.wave(n))));
    tasks.push(Task::waiting(TaskId::Bind, book.edition, 0));
    let events = vec![book.event(now, "accepted", None, book.title.clone())];
    let request = Some(Box::new(request.clone()));
    (Accepted::New(released), Writes { book: Some(book), tasks, events, request, ..Writes::default() })
}

/// Takes over the new terms; a budget that was raised lifts the hold it caused.
fn renew_terms(rules: &Rules, now: Moment, request: &Request, stored: (Book, Vec<Task>)) -> (Accepted, Writes) {
    let (mut book, tasks) = stored;
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
        let (operated, mut writes) = operate(rules, now, (book, tasks), Operation::Lift(Hold::Budget));
        let Operated::Done { released } = operated else { unreachable!("a hold that stands can be lifted") };
        writes.request = Some(Box::new(request.clone()));
        return (Accepted::Exists(released), writes);
    }
    let released = unpublished(&book, &tasks, rules);
    let request = Some(Box::new(request.clone()));
    (Accepted::Exists(released), Writes { book: Some(book), request, ..Writes::default() })
}

fn unpublished(book: &Book, tasks: &[Task], rules: &Rules) -> Vec<Released> {
    let owed = |task: &&Task| task.standing == Standing::Released && !task.published && task.lease.is_none();
    tasks.iter().filter(owed).map(|task| Released::of(book, task, rules)).collect()
}
