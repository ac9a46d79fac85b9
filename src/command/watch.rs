//! `bindery watch` prints the events of a book as they happen.

use std::{process::ExitCode, time::Duration};

use bindery_config::Config;
use bindery_domain::{BookId, timestamp};
use bindery_ledger::{Book, Event, State};

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::{Failure, HELD, NOT_WHOLE},
    identity::{self, Opened},
    stdout,
};

/// The pause between two looks for new events.
const LOOK: Duration = Duration::from_millis(200);

/// The most events that are read at once.
const EVENTS: u32 = 500;

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let book = watch(global, &app, &book.id).await?;
    Ok(match book.state {
        State::Done => ExitCode::SUCCESS,
        _ if book.held() => ExitCode::from(HELD),
        _ => ExitCode::from(NOT_WHOLE),
    })
}

/// Prints a book's events until it is settled or held, and returns it.
pub(super) async fn watch(global: &Global, app: &App, id: &BookId) -> Result<Book, Failure> {
    let store = &app.ports.store;
    let mut seen = 0;
    loop {
        // The book is read first. If it has settled, the events that are read afterwards are complete.
        let Some(book) = store.book(id).await? else { return Err(Failure::unavailable("the book was deleted")) };
        let events = store.events(id, seen, EVENTS).await?;
        for event in &events {
            seen = event.seq;
            tell(global, event)?;
        }
        if events.len() < EVENTS as usize && (book.state.settled() || book.held()) {
            return Ok(book);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn tell(global: &Global, event: &Event) -> Result<(), Failure> {
    if global.json {
        return stdout::line(serde_json::to_string(event).map_err(Failure::internal)?);
    }
    let task = event.task.map(|task| task.to_string()).unwrap_or_default();
    stdout::line(format_args!("{}  {:<12} {task:<10} {}", timestamp(event.at), event.what.name(), event.what.detail()))
}
