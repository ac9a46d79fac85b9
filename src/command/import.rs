//! `bindery import` takes an editor's changes into a finished book, and binds the book again.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    process::ExitCode,
};

use bindery_api::DocumentError;
use bindery_commands::{Action, Manuscript};
use bindery_config::Config;
use bindery_format::{EditedChapter, Edits};
use bindery_ledger::{Book, EditedText, Origin};

use super::change::{self, Change, failure};
use crate::{
    app::App,
    cli::{Global, ImportArgs},
    documents,
    environment::Environment,
    exit::Failure,
    identity::Opened,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ImportArgs,
) -> Result<ExitCode, Failure> {
    let ImportArgs { named, file, chapter, out } = arguments;
    let Opened { app, book } = change::open(global, environment, config, &named.book).await?;
    let document = read(&file)?;
    let texts = match chapter {
        Some(number) => vec![chapter_text(&app, &book, number, &document, &file).await?],
        None => {
            let edits = edits(&app, &book, &document, &file).await?;
            tell(&edits);
            edits.chapters.into_iter().map(edited).collect()
        }
    };
    if texts.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let change = Change { global, environment, app: &app, book: &book, out, yes: false };
    change.make(Action::ReplaceTexts(texts)).await
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |error: io::Error| Failure::usage(format!("{} cannot be read: {error}", file.display()));
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        return io::stdin().read_to_end(&mut bytes).map(|_| bytes).map_err(cannot);
    }
    fs::read(file).map_err(cannot)
}

/// Makes the order for the Markdown of one chapter.
async fn chapter_text(app: &App, book: &Book, number: u32, bytes: &[u8], file: &Path) -> Result<EditedText, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Failure::usage(format!("{} is no text in UTF-8; give the Markdown of the chapter", file.display()))
    })?;
    let edited = async { Manuscript::open(&*app.ports.store, book).await?.edited(number, text) };
    edited.await.map_err(|error| failure(app, book, error))
}

fn edited(EditedChapter { number, body, length }: EditedChapter) -> EditedText {
    EditedText { chapter: number, text: body.into(), length, origin: Origin::Edited, instead_of: None }
}

async fn edits(app: &App, book: &Book, document: &[u8], path: &Path) -> Result<Edits, Failure> {
    documents::edits(app, &book.id, document).await.map_err(|error| match error {
        DocumentError::Store(error) => Failure::from(error),
        DocumentError::NotWhole => app.texts_left(&book.id),
        DocumentError::Lost(_) => Failure::internal(error),
        DocumentError::Unreadable(fault) => Failure::usage(format!("{}: {fault}", path.display())),
    })
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
