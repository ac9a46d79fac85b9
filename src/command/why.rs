//! `bindery why` prints what a book waits for, and what will let it continue.

use std::process::ExitCode;

use bindery_commands::{Need, why};
use bindery_config::Config;
use bindery_ledger::Book;

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let tasks = app.ports.store.tasks(&book.id).await?;
    let reasons = why(&book, &tasks, bindery_store::now(), |need| advice(&app, &book, need));
    if global.json {
        stdout::line(serde_json::json!({"book": book.id, "state": book.state, "reasons": reasons}))?;
    } else {
        reasons.iter().try_for_each(stdout::shown)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the command that gives a book what it needs.
fn advice(app: &App, book: &Book, need: Need) -> String {
    let id = &book.id;
    match need {
        Need::Redrive => format!("`bindery redrive {id}`"),
        Need::Lift => format!("`bindery hold {id} --lift`"),
        Need::Budget if app.fleet() => "submit it again with a larger one".to_owned(),
        Need::Budget => "run `bindery write` with a larger --budget".to_owned(),
        Need::Approval => format!("`bindery approve {id}`"),
    }
}
