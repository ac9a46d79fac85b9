//! What a book waits for, and what will let it continue.

use bindery_domain::{Moment, phrasing::Phrased};
use bindery_ledger::{Book, Hold, Standing, State, Task};

/// What a book needs from its owner before it continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be tried again.
    Redrive,
    /// The hold of an operator must be lifted.
    Lift,
    /// It needs a larger budget.
    Budget,
    /// Its plan must be approved.
    Approval,
}

/// Returns what the book waits for, then what each unfinished task waits for. `advice` says how its owner gives it what it needs.
pub fn why(book: &Book, tasks: &[Task], now: Moment, advice: impl Fn(Need) -> String) -> Vec<String> {
    let mut reasons = vec![of_book(book, now, &advice)];
    reasons.extend(book.holds.iter().map(|hold| of_hold(*hold, book, &advice)));
    if !book.state.settled() || matches!(book.state, State::Failed(_)) {
        reasons.extend(tasks.iter().filter_map(|task| of_task(task, now).map(|why| format!("{}: {why}", task.id))));
    }
    reasons
}

fn of_book(book: &Book, now: Moment, advice: &impl Fn(Need) -> String) -> String {
    let because = book.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match book.state {
        State::Done => "The book is whole; it waits for nothing.".to_owned(),
        State::Cancelled => "The book was cancelled; nothing will be done.".to_owned(),
        State::Failed(_) => {
            format!(
                "The book is {}{because}. {} tries it again; what is done is kept.",
                book.state,
                advice(Need::Redrive)
            )
        }
        _ if book.held() => format!("The book is {}, and stands still.", book.state),
        _ => {
            let left = Phrased(book.deadline_at.since(now));
            format!("The book is {}. Its deadline is in {left}; then what is missing is given up.", book.state)
        }
    }
}

fn of_hold(hold: Hold, book: &Book, advice: &impl Fn(Need) -> String) -> String {
    match hold {
        Hold::Operator => format!("An operator holds it; {} lets it go on.", advice(Need::Lift)),
        Hold::Budget => {
            format!("Its budget is used up, {} so far; {}.", book.money.committed(), advice(Need::Budget))
        }
        Hold::Review => format!("Its plan waits for a review; {} lets it be written.", advice(Need::Approval)),
    }
}

/// Returns why a task is not finished; `None` where it is finished, or where it waits for its turn.
fn of_task(task: &Task, now: Moment) -> Option<String> {
    let due = task.due.map(|due| Phrased(due.since(now)));
    match (task.standing, &task.lease, &task.parked, due) {
        (Standing::Dead, ..) => Some(format!("given up: {}", task.reason.as_deref().unwrap_or("no reason is known"))),
        (Standing::Done | Standing::Waiting, ..) => None,
        (_, Some(lease), ..) if lease.until > now => Some(format!("{} works on it", lease.worker)),
        (_, Some(lease), ..) => Some(format!("{} fell silent; a sweeper gives it to another at once", lease.worker)),
        (_, _, Some(parked), Some(due)) => Some(format!("put aside for {due}: {parked}")),
        (_, _, _, Some(due)) if task.published => {
            Some(format!("queued; if nobody takes it, its message counts as lost in {due} and is sent again"))
        }
        (_, _, _, Some(due)) => Some(format!("not yet with the broker; a sweeper sends it in {due}")),
        _ => Some("waits for the hold to be lifted".to_owned()),
    }
}
