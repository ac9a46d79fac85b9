//! `bindery books` lists all books.

use std::process::ExitCode;

use bindery_config::Config;

use crate::{app::App, cli::Global, environment::Environment, exit::Failure, stdout};

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, config: Config) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let books = app.ports.store.books().await?;
    if global.json {
        for book in &books {
            stdout::line(serde_json::to_string(book).map_err(Failure::internal)?)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if books.is_empty() {
        eprintln!("There are no books in {}.", app.folder.display());
    }
    for book in &books {
        let held = if book.held() { " (held)" } else { "" };
        let state = format!("{}{held}", book.state);
        stdout::line(format_args!(
            "{}  {state:<14} {:>5} ch.  {:<10} {}  {}",
            book.id, book.chapters, book.money.spent, book.title, book.request_id
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
