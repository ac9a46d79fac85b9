//! `bindery restore` takes a former text of a chapter back, and binds the book again.

use std::process::ExitCode;

use bindery_commands::{Action, Manuscript};
use bindery_config::Config;

use super::change::{self, Change, failure};
use crate::{
    cli::{Global, RestoreArgs},
    environment::Environment,
    exit::Failure,
    identity::Opened,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: RestoreArgs,
) -> Result<ExitCode, Failure> {
    let RestoreArgs { named, chapter, version, out } = arguments;
    let Opened { app, book } = change::open(global, environment, config, &named.book).await?;
    let restored = async { Manuscript::open(&*app.ports.store, &book).await?.restored(chapter, version).await };
    let restored = restored.await.map_err(|error| failure(&app, &book, error))?;
    let change = Change { global, environment, app: &app, book: &book, out, yes: false };
    change.make(Action::ReplaceTexts(vec![restored])).await
}
