//! `bindery books` lists books: all of them, or those that a filter chooses.

use std::process::ExitCode;

use bindery_commands::Caller;
use bindery_config::Config;
use bindery_ledger::Book;
use bindery_store::UnreadableBook;

use crate::{
    app::App,
    cli::{FilterArgs, Global},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    chosen: &FilterArgs,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let filter = chosen.query().read(bindery_store::now()).map_err(|faults| Failure::usage(faults.join("; ")))?;
    let books = Caller::operator().books(&*app.ports.store, &filter).await?;
    // Nobody knows whether a filter would choose a book whose record cannot be read.
    let is_all = *chosen == FilterArgs::default();
    let unreadable = if is_all { app.ports.store.unreadable_books().await? } else { Vec::new() };
    if global.json {
        for book in &books {
            stdout::line(serde_json::to_string(book).map_err(Failure::internal)?)?;
        }
        for UnreadableBook { id, error } in &unreadable {
            stdout::line(serde_json::json!({"id": id, "unreadable": error.to_string()}))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if books.is_empty() && unreadable.is_empty() {
        match app.fleet() {
            _ if !is_all => eprintln!("No book is as you ask."),
            true => eprintln!("There are no books in {}.", app.config.store.url),
            false => eprintln!("There are no books in {}.", app.folder.display()),
        }
    }
    // All books of this machine are its user's.
    let tenant = |book: &Book| if app.fleet() { format!("{:<12} ", book.tenant) } else { String::new() };
    for book in &books {
        let held = if book.held() { " (held)" } else { "" };
        let state = format!("{}{held}", book.state);
        stdout::shown(format_args!(
            "{}  {}{state:<14} {:>5} ch.  {:<10} {}  {}",
            book.id,
            tenant(book),
            book.chapters,
            book.money.spent,
            book.title,
            book.request_id
        ))?;
    }
    for UnreadableBook { id, error } in &unreadable {
        stdout::shown(format_args!("{id}  {:<14} {error}", "unreadable"))?;
    }
    Ok(ExitCode::SUCCESS)
}
