//! `bindery approve` lets a book that waits for a review be written, from its plan or from an edited one.

use std::{fs, path::Path, process::ExitCode};

use bindery_commands::{Action, PlanError, replacement};
use bindery_config::Config;
use bindery_ledger::{Book, Operated};

use crate::{
    app::App,
    cli::{ApproveArgs, Global},
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ApproveArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    if let Some(plan) = &arguments.plan {
        replace_plan(&app, &book, plan).await?;
    }
    match app.act(&book, Action::Approve).await? {
        Operated::Done { .. } if app.fleet() => {
            eprintln!("The book {} is being written.", book.id);
            Ok(ExitCode::SUCCESS)
        }
        Operated::Done { .. } => {
            eprintln!("The book {} may be written: run `bindery write` on its outline.", book.id);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(no_review(&book)),
    }
}

async fn replace_plan(app: &App, book: &Book, file: &Path) -> Result<(), Failure> {
    let json = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    let action = replacement(&*app.ports.store, book, &json, None).await.map_err(|error| match error {
        PlanError::Store(error) => error.into(),
        PlanError::TextsLeft => app.texts_left(&book.id),
        PlanError::Invalid(error) => Failure::usage(format!("{}: {error}", file.display())),
        error => Failure::usage(error),
    })?;
    match app.act(book, action).await? {
        Operated::Done { .. } | Operated::Unchanged => Ok(()),
        Operated::Outdated => Err(Failure::choice(
            "nothing was done: somebody has changed the plan meanwhile; `bindery plan` writes the present one",
        )),
        _ => Err(no_review(book)),
    }
}

fn no_review(book: &Book) -> Failure {
    Failure::usage(format!("the book {} does not wait for a review; it is {}", book.id, book.state))
}
