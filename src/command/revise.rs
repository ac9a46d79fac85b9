//! `bindery revise` has a model change what a note says in chapters of a finished book, and nothing else.

use std::process::ExitCode;

use bindery_commands::{Action, Manuscript, RevisionWish};
use bindery_config::Config;

use super::change::{self, Change, failure};
use crate::{
    cli::{BindArgs, Global, ReviseArgs},
    environment::Environment,
    exit::Failure,
    identity::Opened,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ReviseArgs,
) -> Result<ExitCode, Failure> {
    let ReviseArgs { named, chapter, section, note, passage, bind: BindArgs { out, yes } } = arguments;
    let Opened { app, book } = change::open(global, environment, config, &named.book).await?;
    let wish = RevisionWish { chapters: chapter, sections: section, note, passage };
    let revisions = async { Manuscript::open(&*app.ports.store, &book).await?.revisions(wish).await };
    let revisions = revisions.await.map_err(|error| failure(&app, &book, error))?;
    let change = Change { global, environment, app: &app, book: &book, out, yes };
    change.make(Action::Revise(revisions)).await
}
