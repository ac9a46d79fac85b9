//! `bindery status`: where a book stands, chapter by chapter, and what it waits for.

use std::process::ExitCode;

use bindery_shared::ledger::{Book, Standing, State, Task};

use crate::{
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::find,
    report::Report,
    workshop::{Workshop, config},
};

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the status is the result")]
pub(crate) async fn run(global: &Global, environment: &Environment, named: &str) -> Result<ExitCode, Failure> {
    let workshop = Workshop::open(global, environment, config(global, environment, Vec::new())?).await?;
    let book = find(&workshop, named).await?;
    let tasks = workshop.ports.store.tasks(&book.id).await?;
    let request = workshop.ports.store.request(&book.id).await?;
    if global.json {
        let report = Report::of(&book, &tasks);
        println!("{}", serde_json::json!({"book": book, "tasks": tasks, "report": report}));
        return Ok(ExitCode::SUCCESS);
    }
    let titles: Vec<String> =
        request.into_iter().flat_map(|request| request.order.outline.chapters).map(|chapter| chapter.title).collect();
    println!("{}  \"{}\"  {}", book.id, book.title, headline(&book));
    println!("outline {}", book.request_id);
    println!("model {}, edition {}, spent {}", book.model, book.edition, book.money.spent);
    for task in &tasks {
        let Some(number) = task.id.chapter() else { continue };
        let title = titles.get(number as usize - 1).map_or("", String::as_str);
        println!("{number:>5}  {:<9} {:>6}  {title}{}", standing(task), length(task), note(task));
    }
    if let Some(next) = next_step(&book) {
        println!("{next}");
    }
    Ok(ExitCode::SUCCESS)
}

fn headline(book: &Book) -> String {
    let holds: Vec<String> = book.holds.iter().map(ToString::to_string).collect();
    let reason = book.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    if holds.is_empty() {
        format!("{}{reason}", book.state)
    } else {
        format!("{}, held ({})", book.state, holds.join(", "))
    }
}

fn standing(task: &Task) -> &'static str {
    match task.standing {
        Standing::Waiting => "waiting",
        Standing::Released if task.lease.is_some() => "writing",
        Standing::Released if task.parked.is_some() => "parked",
        Standing::Released => "released",
        Standing::Done => "done",
        Standing::Dead => "failed",
    }
}

fn length(task: &Task) -> u32 {
    match (task.standing, &task.result) {
        (Standing::Done, Some(result)) => result.length,
        _ => task.length_so_far(),
    }
}

fn note(task: &Task) -> String {
    let said = task.reason.as_ref().or(task.parked.as_ref());
    said.map(|said| format!("  ({said})")).unwrap_or_default()
}

/// Says what the book waits for.
fn next_step(book: &Book) -> Option<String> {
    if book.held() {
        let cause = book.holds.iter().map(|hold| match hold {
            bindery_shared::ledger::Hold::Budget => "run `bindery write` with a larger --budget",
            bindery_shared::ledger::Hold::Review => "look at its plan, then run `bindery approve`",
            bindery_shared::ledger::Hold::Operator => "run `bindery write` to go on",
        });
        return Some(format!("It stands still: {}.", cause.collect::<Vec<_>>().join("; ")));
    }
    match book.state {
        State::Done => None,
        State::Cancelled => Some("It was cancelled; `bindery write --anew` begins it again.".to_owned()),
        _ => Some("Run `bindery write` on its outline to go on; what is finished is not written again.".to_owned()),
    }
}
