//! What the commands share that change the texts of a finished book: the change is made, then the book is bound again.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_commands::{Action, ChangeError};
use bindery_config::Config;
use bindery_domain::TaskId;
use bindery_ledger::{Book, Operated, State};

use super::write::{Run, beside, confirm, done, estimate, settle};
use crate::{
    app::{App, Writers, is_rehearsal},
    cli::Global,
    consent::Spending,
    environment::Environment,
    exit::Failure,
    identity::{self, Lock, Opened},
    out_folder::try_writing,
};

/// A book that is changed.
pub(crate) struct Change<'a> {
    pub(crate) global: &'a Global,
    pub(crate) environment: &'a Environment,
    pub(crate) app: &'a App,
    pub(crate) book: &'a Book,
    /// The folder for its files, if the user names one.
    pub(crate) out: Option<PathBuf>,
    /// Whether the user has agreed to spend money.
    pub(crate) yes: bool,
}

/// Opens the app and finds a book whose texts can be changed now.
pub(crate) async fn open(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<Opened, Failure> {
    let opened = identity::open(global, environment, config, named).await?;
    match opened.book.state {
        State::Done => Ok(opened),
        _ => Err(unfinished(&opened.book)),
    }
}

impl Change<'_> {
    /// Changes the book and binds it again. On a fleet, the fleet does it.
    pub(crate) async fn make(self, action: Action) -> Result<ExitCode, Failure> {
        let Self { global, environment, app, book, out, yes } = self;
        if app.fleet() {
            act(app, book, action).await?;
            eprintln!("The fleet binds it: `bindery watch {}` shows when it is done.", book.id);
            return Ok(ExitCode::SUCCESS);
        }
        let out: PathBuf = out.unwrap_or_else(|| beside(Path::new(&book.request_id)));
        try_writing(&out)?;
        let _lock = Lock::take(&app.folder, &book.id)?;
        let request = app.ports.store.request(&book.id).await?;
        let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
        let models = request.order.models();
        let writers = Writers::open(&app.config, environment, &models, None).await?;
        let done = done(app, &book.id).await?;
        // To change a chapter takes at most what it takes to write it.
        let owed = |task: TaskId| match task {
            TaskId::Write(number) => revised(&action).contains(&number) || !done.contains(&task),
            task => !done.contains(&task),
        };
        let expected = estimate(app, &writers.models, &request, owed).await?;
        if matches!(action, Action::Revise(_)) && !is_rehearsal(&models) {
            let spending = Spending { yes, budget: None, options: "--yes" };
            confirm(environment, &writers.models, &spending, &request, &expected)?;
        }
        act(app, book, action).await?;
        let (expected, likely) = (expected.time, expected.cost.map(|cost| cost.likely));
        settle(&Run { global, environment, app, writers: &writers, out, expected, likely }, &request).await
    }
}

/// Returns the chapters that a model changes.
fn revised(action: &Action) -> Vec<u32> {
    match action {
        Action::Revise(revisions) => revisions.iter().map(|revision| revision.chapter).collect(),
        _ => Vec::new(),
    }
}

async fn act(app: &App, book: &Book, action: Action) -> Result<(), Failure> {
    // Also on one machine the released task is published at once, since this process goes on to run it.
    match bindery_commands::act(&app.ports, &*app.files, book, action).await? {
        Operated::Done { .. } => Ok(()),
        Operated::TextsLeft => Err(app.texts_left(&book.id)),
        Operated::Outdated => {
            Err(Failure::choice("nothing was done: somebody has changed the chapter meanwhile; look again"))
        }
        _ => Err(unfinished(book)),
    }
}

/// Makes the failure of a command that cannot find or change a text.
pub(crate) fn failure(app: &App, book: &Book, error: ChangeError) -> Failure {
    match error {
        ChangeError::TextsLeft => app.texts_left(&book.id),
        ChangeError::Store(error) => error.into(),
        error => Failure::usage(error),
    }
}

fn unfinished(book: &Book) -> Failure {
    let (id, state) = (&book.id, book.state);
    match state {
        State::Cancelled => Failure::usage(format!("the book {id} is cancelled, so its texts stay as they are")),
        _ => Failure::usage(format!("the book {id} is {state}; the texts of a finished book can be changed")),
    }
}
