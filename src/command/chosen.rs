//! What `cancel`, `hold`, `redrive` and `delete` have in common: each is about one book by its name, or about all books that a
//! filter chooses.

use std::process::ExitCode;

use bindery_commands::BulkAction;
use bindery_config::Config;

use super::{bulk, cancel, delete, hold, redrive};
use crate::{
    app::App,
    cli::{Choice, Global},
    environment::Environment,
    exit::Failure,
    identity,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    choice: &Choice,
    action: BulkAction,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let Some(named) = &choice.book else {
        return bulk::run(global, environment, &app, choice, action).await;
    };
    let Some(operation) = action.action() else {
        return delete::run(environment, &app, named, choice.yes).await;
    };
    let book = identity::find(&app, named).await?;
    let operated = app.act(&book, operation).await?;
    let told = match action {
        BulkAction::Hold => hold::held(&book, &operated),
        BulkAction::Lift => hold::lifted(&book, &operated),
        BulkAction::Redrive => redrive::told(&app, &book, &operated),
        BulkAction::Cancel | BulkAction::Delete => cancel::told(&book, &operated),
    };
    eprintln!("{}", told?);
    Ok(ExitCode::SUCCESS)
}
