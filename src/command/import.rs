//! `bindery import` takes an editor's changes from a DOCX into a finished book, and binds the book again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_assembler::{StoredFault, stored};
use bindery_config::Config;
use bindery_format::{EditedChapter, Edits};
use bindery_ledger::{Book, EditedText, Operated, Operation, State};

use super::write::{Run, beside, done, estimate, settle};
use crate::{
    app::{App, Writers},
    cli::{Global, ImportArgs},
    environment::Environment,
    exit::Failure,
    identity::{self, Lock, Opened},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ImportArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    if book.state != State::Done {
        return Err(unfinished(&book));
    }
    let document = fs::read(&arguments.file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", arguments.file.display())))?;
    let lock = if app.fleet() { None } else { Some(Lock::take(&app.folder, &book.id)?) };
    let edits = edits(&app, &book, &document, &arguments.file).await?;
    tell(&edits);
    if edits.chapters.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    replace(&app, &book, edits.chapters).await?;
    if lock.is_none() {
        eprintln!("The fleet binds it: `bindery watch {}` shows when it is done.", book.id);
        return Ok(ExitCode::SUCCESS);
    }
    let request = app.ports.store.request(&book.id).await?;
    let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
    let done = done(&app, &book.id).await?;
    let writers = Writers::open(&app.config, environment, &request.order.models(), None).await?;
    let expected = estimate(&app, &writers.models, &request, |task| !done.contains(&task)).await?.time;
    let out: PathBuf = arguments.out.clone().unwrap_or_else(|| beside(Path::new(&book.request_id)));
    let run = Run { global, environment, app: &app, writers: &writers, out, expected, likely: None };
    settle(&run, &request).await
}

async fn edits(app: &App, book: &Book, document: &[u8], path: &Path) -> Result<Edits, Failure> {
    let manuscript = stored(&*app.ports.store, &app.files, &book.id).await.map_err(|fault| match fault {
        StoredFault::Store(error) => Failure::from(error),
        StoredFault::NotWhole(_) => app.texts_left(&book.id),
        other => Failure::internal(other),
    })?;
    manuscript.edits(document).map_err(|fault| Failure::usage(format!("{}: {fault}", path.display())))
}

/// Says what the document changes.
fn tell(edits: &Edits) {
    let numbers: Vec<String> = edits.chapters.iter().map(|chapter| chapter.number.to_string()).collect();
    match numbers.len() {
        0 => eprintln!("The document changes no text."),
        1 => eprintln!("The document changes chapter {}.", numbers[0]),
        _ => eprintln!("The document changes chapters {}.", numbers.join(", ")),
    }
    edits.remarks.iter().for_each(|remark| eprintln!("Remark: {remark}."));
}

async fn replace(app: &App, book: &Book, chapters: Vec<EditedChapter>) -> Result<(), Failure> {
    let texts = chapters.into_iter().map(|EditedChapter { number, body, length }| EditedText {
        chapter: number,
        text: body.into(),
        length,
    });
    match app.operate(book, Operation::Replace(texts.collect())).await? {
        Operated::Done { .. } => Ok(()),
        Operated::TextsLeft => Err(app.texts_left(&book.id)),
        _ => Err(unfinished(book)),
    }
}

fn unfinished(book: &Book) -> Failure {
    Failure::usage(format!(
        "the book {} is {}; an editor's changes are taken into a finished book",
        book.id, book.state
    ))
}
