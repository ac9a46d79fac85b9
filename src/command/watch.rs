//! `bindery watch` prints the events of a book as they happen.

use std::{process::ExitCode, time::Duration};

use bindery_config::Config;
use bindery_domain::{BookId, timestamp};
use bindery_ledger::{Book, Event, State};
use bindery_store::{Store, StoreError};

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
    let (mut shown, mut silent) = (Vec::new(), false);
    loop {
        match look(&*app.ports.store, id, &mut shown).await {
            Ok(None) => return Err(Failure::unavailable("the book was deleted")),
            Ok(Some(Look { book, events, more, went_back })) => {
                if std::mem::take(&mut silent) {
                    eprintln!("The store answers again.");
                }
                if went_back {
                    eprintln!("The store went back to an earlier state. What has happened since then is shown now.");
                }
                for event in events {
                    tell(global, &event)?;
                    shown.push(event);
                }
                if !more && (book.state.settled() || book.held()) {
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
    /// The next events.
    events: Vec<Event>,
    /// Whether there may be more of them.
    more: bool,
    /// Whether the store has lost events that were shown.
    went_back: bool,
}

/// Reads a book and its events after those that were shown; `None` where the book is gone. The last shown event is read
/// again: a store that went back in time has lost it, and gives its number to another one.
async fn look(store: &dyn Store, id: &BookId, shown: &mut Vec<Event>) -> Result<Option<Look>, StoreError> {
    // The book comes first: once it has settled, the events that are read after it are all there are.
    let Some(book) = store.book(id).await? else { return Ok(None) };
    let mut went_back = false;
    loop {
        let before = shown.last().map_or(0, |last| last.seq.saturating_sub(1));
        let mut events = store.events(id, before, EVENTS).await?;
        let more = events.len() == EVENTS as usize;
        if let Some(last) = shown.last() {
            if events.first() != Some(last) {
                shown.pop();
                went_back = true;
                continue;
            }
            events.remove(0);
        }
        return Ok(Some(Look { book, events, more, went_back }));
    }
}

fn tell(global: &Global, event: &Event) -> Result<(), Failure> {
    if global.json {
        return stdout::line(serde_json::to_string(event).map_err(Failure::internal)?);
    }
    let task = event.task.map(|task| task.to_string()).unwrap_or_default();
    let detail = event.what.detail();
    let line = format!("{}  {:<12} {task:<10} {detail}", timestamp(event.at), event.what.name());
    line.lines().try_for_each(stdout::shown)
}
