//! `bindery watch` prints the events of a book as they happen.

use std::{process::ExitCode, time::Duration};

use bindery_config::Config;
use bindery_domain::{BookId, timestamp};
use bindery_ledger::{Book, Event, State};
use bindery_store::StoreError;

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

/// Prints a book's events until it is settled or held, and returns it. A store that fails meanwhile is waited for.
pub(super) async fn watch(global: &Global, app: &App, id: &BookId) -> Result<Book, Failure> {
    let (mut seen, mut silent) = (0, false);
    loop {
        match look(app, id, seen).await {
            Ok(None) => return Err(Failure::unavailable("the book was deleted")),
            Ok(Some(Look { book, events })) => {
                if std::mem::take(&mut silent) {
                    eprintln!("The store answers again.");
                }
                for event in &events {
                    seen = event.seq;
                    tell(global, event)?;
                }
                if events.len() < EVENTS as usize && (book.state.settled() || book.held()) {
                    return Ok(book);
                }
            }
            Err(error @ StoreError::Failed(_)) => {
                if !std::mem::replace(&mut silent, true) {
                    eprintln!("Waiting for the store: {error}.");
                }
            }
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What one look at a book shows.
struct Look {
    book: Book,
    events: Vec<Event>,
}

/// Reads a book and its events after `seen`; `None` where the book is gone.
async fn look(app: &App, id: &BookId, seen: u64) -> Result<Option<Look>, StoreError> {
    let store = &app.ports.store;
    // The book comes first: once it has settled, the events that are read after it are all there are.
    let Some(book) = store.book(id).await? else { return Ok(None) };
    let events = store.events(id, seen, EVENTS).await?;
    Ok(Some(Look { book, events }))
}

fn tell(global: &Global, event: &Event) -> Result<(), Failure> {
    if global.json {
        return stdout::line(serde_json::to_string(event).map_err(Failure::internal)?);
    }
    let task = event.task.map(|task| task.to_string()).unwrap_or_default();
    stdout::line(format_args!("{}  {:<12} {task:<10} {}", timestamp(event.at), event.what.name(), event.what.detail()))
}
