//! `bindery why` prints what a book waits for, and what will let it continue.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_domain::Moment;
use bindery_ledger::{Book, Hold, Standing, State, Task};

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
    phrasing::Phrased,
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let tasks = app.ports.store.tasks(&book.id).await?;
    let reasons = reasons(&app, &book, &tasks, bindery_store::now());
    if global.json {
        stdout::line(serde_json::json!({"book": book.id, "state": book.state, "reasons": reasons}))?;
    } else {
        reasons.iter().try_for_each(stdout::shown)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what the book waits for, then what each unfinished task waits for.
fn reasons(app: &App, book: &Book, tasks: &[Task], now: Moment) -> Vec<String> {
    let mut reasons = vec![of_book(book, now)];
    reasons.extend(book.holds.iter().map(|hold| of_hold(app, *hold, book)));
    if !book.state.settled() || matches!(book.state, State::Failed(_)) {
        reasons.extend(tasks.iter().filter_map(|task| of_task(task, now).map(|why| format!("{}: {why}", task.id))));
    }
    reasons
}

fn of_book(book: &Book, now: Moment) -> String {
    let because = book.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match book.state {
        State::Done => "The book is whole; it waits for nothing.".to_owned(),
        State::Cancelled => "The book was cancelled; nothing will be done.".to_owned(),
        State::Failed(_) => {
            format!(
                "The book is {}{because}. `bindery redrive {}` tries it again; what is done is kept.",
                book.state, book.id
            )
        }
        _ if book.held() => format!("The book is {}, and stands still.", book.state),
        _ => {
            let left = Phrased(book.deadline_at.since(now));
            format!("The book is {}. Its deadline is in {left}; then what is missing is given up.", book.state)
        }
    }
}

fn of_hold(app: &App, hold: Hold, book: &Book) -> String {
    let id = &book.id;
    let more =
        if app.fleet() { "submit it again with a larger one" } else { "run `bindery write` with a larger --budget" };
    match hold {
        Hold::Operator => format!("An operator holds it; `bindery hold {id} --lift` lets it go on."),
        Hold::Budget => {
            format!("Its budget is used up, {} so far; {more}.", book.money.committed())
        }
        Hold::Review => format!("Its plan waits for a review; `bindery approve {id}` lets it be written."),
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
