//! What `cancel`, `hold`, `redrive` and `delete` do to all books that a filter chooses. They print the count, ask, and do it to
//! one book after the other.

use std::process::ExitCode;

use bindery_commands::{BulkAction, Caller, refusal};
use bindery_domain::phrasing::{counted, without_control};
use bindery_ledger::{Book, Operated};

use super::delete::delete_one;
use crate::{
    app::App,
    cli::{Choice, Global},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Runs the command.
pub(super) async fn run(
    global: &Global,
    environment: &Environment,
    app: &App,
    choice: &Choice,
    action: BulkAction,
) -> Result<ExitCode, Failure> {
    let filter = choice.filter.query().read(bindery_store::now());
    let filter = filter.map_err(|faults| Failure::usage(faults.join("; ")))?;
    let books = Caller::operator().concerned(&*app.ports.store, &filter, action).await?;
    let count = counted(books.len() as u64, "book", "books");
    if !choice.yes && !books.is_empty() {
        let question = format!("{} {count}?", verb(action));
        if !environment.interactive {
            let advice = "nothing was done; without a terminal, add --yes";
            return Err(Failure::choice(format!("{question} {advice}")));
        }
        if !environment.agrees(&question) {
            return Err(Failure::choice("nothing was done"));
        }
    }
    let (all, mut failed) = (books.len(), 0);
    for book in books {
        let error = act(app, &book, action).await.err();
        failed += usize::from(error.is_some());
        tell(global, &book, error.as_ref())?;
    }
    eprintln!("{}: {} of {count}.", done(action), all - failed);
    match failed {
        0 => Ok(ExitCode::SUCCESS),
        _ => Err(Failure::unavailable(format!("{failed} of {count} are as they were; the lines above say why"))),
    }
}

/// Does it to one book, or says why not.
async fn act(app: &App, book: &Book, action: BulkAction) -> Result<(), Failure> {
    let Some(action) = action.action() else { return delete_one(app, book).await };
    match app.act(book, action.clone()).await? {
        Operated::Done { .. } => Ok(()),
        Operated::TextsLeft => Err(app.texts_left(&book.id)),
        _ => Err(Failure::usage(refusal(book, &action))),
    }
}

fn tell(global: &Global, book: &Book, error: Option<&Failure>) -> Result<(), Failure> {
    if global.json {
        let (id, request_id, error) = (&book.id, &book.request_id, error.map(ToString::to_string));
        return stdout::line(
            serde_json::json!({"book": id, "request_id": request_id, "done": error.is_none(), "error": error}),
        );
    }
    match error {
        None => stdout::shown(format_args!("{}  {}", book.id, book.title)),
        Some(error) => {
            eprintln!("{}", without_control(&format!("{}: {error}", book.id)));
            Ok(())
        }
    }
}

fn verb(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Hold => "Hold",
        BulkAction::Lift => "Let continue",
        BulkAction::Cancel => "Cancel",
        BulkAction::Redrive => "Try again",
        BulkAction::Delete => "Delete for good",
    }
}

fn done(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Hold => "Held",
        BulkAction::Lift => "Can continue",
        BulkAction::Cancel => "Cancelled",
        BulkAction::Redrive => "Open again",
        BulkAction::Delete => "Deleted",
    }
}
