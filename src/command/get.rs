//! `bindery get` copies the files of a finished book to a folder.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_domain::BookId;
use bindery_ledger::{State, Texts};

use crate::{
    cli::{GetArgs, Global},
    environment::Environment,
    exit::Failure,
    export,
    identity::{self, Opened},
    out_folder::Written,
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: GetArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    if arguments.partial && book.state != State::Done {
        let written = export::partial(&app, &book, arguments.format.as_deref(), &arguments.out).await?;
        return tell(global, &book.id, &written);
    }
    let bound: Vec<&str> =
        book.binding.iter().flat_map(|binding| &binding.files).map(|file| file.format.as_str()).collect();
    let unbound = arguments.format.iter().flatten().find(|format| !bound.contains(&format.as_str()));
    if let Some(format) = unbound.filter(|_| book.binding.is_some()) {
        if matches!(book.texts, Texts::Leaving(_) | Texts::Left) {
            return Err(app.texts_left(&book.id));
        }
        let have = bound.join(", ");
        return Err(Failure::usage(format!("the book was not bound as {format}; it was bound as {have}")));
    }
    let formats = arguments.format.as_deref();
    let written = export::files(&app, &book, formats, &arguments.out).await?;
    tell(global, &book.id, &written)
}

fn tell(global: &Global, book: &BookId, written: &Written) -> Result<ExitCode, Failure> {
    if global.json {
        stdout::line(serde_json::json!({"book": book, "files": written.files, "kept": written.kept}))?;
    } else {
        written.files.iter().try_for_each(|path| stdout::line(path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
