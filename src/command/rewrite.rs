//! `bindery rewrite` writes chapters of a finished book again, and binds the book again.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_config::Config;
use bindery_domain::TaskId;
use bindery_ledger::{Book, Operated, Operation, PlanMode, Request, State};

use super::write::{Run, beside, confirm, done, estimate, kept, settle};
use crate::{
    app::{App, Writers, is_rehearsal},
    cli::{Global, RewriteArgs},
    consent::Spending,
    cover,
    environment::Environment,
    exit::Failure,
    identity::{self, Lock, Opened},
    out_folder::try_writing,
    outline, pictures,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: RewriteArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    if book.state == State::Cancelled {
        return Err(cancelled(&app, &book));
    }
    if app.fleet() {
        let Rewriting { operation, .. } = rewriting(&app, &book, &arguments).await?;
        reopen(&app, &book, operation).await?;
        eprintln!("The fleet writes it: `bindery watch {}` shows how far it is.", book.id);
        return Ok(ExitCode::SUCCESS);
    }
    let out: PathBuf = arguments.out.clone().unwrap_or_else(|| beside(Path::new(&book.request_id)));
    try_writing(&out)?;
    let _lock = Lock::take(&app.folder, &book.id)?;
    if !book.state.settled() {
        // This process holds the lock, so any lease belongs to a run that has ended.
        app.operate(&book, Operation::TakeOver).await?;
    }
    let Rewriting { operation, request } = rewriting(&app, &book, &arguments).await?;
    let done = done(&app, &book.id).await?;
    let writers = Writers::open(&app.config, environment, &request.order.models(), None).await?;
    let expected = estimate(&app, &writers.models, &request, |task| owed(&operation, &done, task)).await?;
    if !is_rehearsal(&request.order.models()) {
        let spending = Spending { yes: arguments.yes, budget: None, options: "--yes" };
        confirm(environment, &writers.models, &spending, &request, &expected)?;
    }
    reopen(&app, &book, operation).await?;
    let (expected, likely) = (expected.time, expected.cost.map(|cost| cost.likely));
    let run = Run { global, environment, app: &app, writers: &writers, out, expected, likely };
    settle(&run, &request).await
}

/// What is done to a book to rewrite it.
struct Rewriting {
    operation: Operation,
    /// The book's request, with the revised outline if there is one.
    request: Request,
}

async fn rewriting(app: &App, book: &Book, arguments: &RewriteArgs) -> Result<Rewriting, Failure> {
    let request = app.ports.store.request(&book.id).await?;
    let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
    let Some(from) = &arguments.from else {
        let (chapters, note) = (arguments.chapter.clone(), arguments.note.clone());
        return Ok(Rewriting { operation: Operation::Rewrite { chapters, note }, request });
    };
    if matches!(request.order.plan, PlanMode::Given(_)) {
        return Err(Failure::usage(
            "the book was written from a plan of your own, which knows nothing of a changed outline; edit the plan too, \
             then run `bindery write OUTLINE --plan PLAN --anew`",
        ));
    }
    let mut revised = request.clone();
    let reading = outline::read(from, None)?;
    outline::show(&reading, from);
    // The outline of a person takes the place of a topic.
    (revised.order.outline, revised.order.topic) = (reading.outline, None);
    // The metadata is that of the new outline from now on.
    revised.terms.metadata = None;
    revised.terms.cover = match cover::read(from, &revised.order.outline.front)? {
        Some(image) => Some(cover::store(app, &book.id, &image).await?),
        None => None,
    };
    revised.terms.pictures = pictures::store(app, &book.id, &pictures::read(from, &revised.order.outline)?).await?;
    let kept = kept(&request.order, &revised.order);
    let unchanged = kept.len();
    let chapters = revised.order.outline.chapters.len();
    eprintln!("{unchanged} of {chapters} chapters are kept, {} are to be written.", chapters - unchanged);
    let operation = Operation::ReplaceOutline { request: Box::new(revised.clone()), kept };
    Ok(Rewriting { operation, request: revised })
}

/// Returns whether a task must be done after the operation. `done` holds the tasks that are done now.
fn owed(operation: &Operation, done: &BTreeSet<TaskId>, task: TaskId) -> bool {
    match (operation, task) {
        (Operation::Rewrite { chapters, .. }, TaskId::Write(number)) if chapters.contains(&number) => true,
        (Operation::ReplaceOutline { kept, .. }, TaskId::Write(number)) => {
            kept.get(&number).is_none_or(|from| !done.contains(&TaskId::Write(*from)))
        }
        (Operation::ReplaceOutline { .. }, TaskId::Plan) => true,
        _ => !done.contains(&task),
    }
}

fn cancelled(app: &App, book: &Book) -> Failure {
    let anew = match app.fleet() {
        true => "submit its outline under another --id",
        false => "run `bindery write` on its outline with --anew",
    };
    Failure::usage(format!("the book {} is cancelled, so nothing of it is written again; to have it, {anew}", book.id))
}

async fn reopen(app: &App, book: &Book, operation: Operation) -> Result<(), Failure> {
    match app.operate(book, operation).await? {
        Operated::Done { .. } => Ok(()),
        Operated::TextsLeft => Err(app.texts_left(&book.id)),
        Operated::NoChapter(number) => {
            Err(Failure::usage(format!("the book has no chapter {number}; it has {}", book.chapters)))
        }
        Operated::TooLate => Err(cancelled(app, book)),
        _ if app.fleet() => Err(Failure::usage(format!(
            "the book {} is {}; wait until it has settled, as `bindery watch {}` shows",
            book.id, book.state, book.id
        ))),
        _ => {
            Err(Failure::usage(format!("the book {} is {}; finish it first with `bindery write`", book.id, book.state)))
        }
    }
}
