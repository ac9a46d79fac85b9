//! A run: the roles work on one book until it settles, is held, or is interrupted.

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_domain::{BookId, Micros};
use bindery_ledger::{Book, Request, State, Task};
use bindery_model::Unreachable;
use bindery_store::Scope;

use crate::{
    app::{App, Writers},
    cli::Global,
    environment::Environment,
    exit::{Failure, HELD, INTERRUPTED, NOT_WHOLE},
    export,
    interrupt::StopRequests,
    out_folder::Written,
    report::{self, Report},
    roles::Roles,
    view::{self, Moment, Subject, View},
};

/// What a run works with.
pub(crate) struct Run<'a> {
    pub(crate) global: &'a Global,
    pub(crate) environment: &'a Environment,
    pub(crate) app: &'a App,
    pub(crate) writers: &'a Writers,
    pub(crate) out: PathBuf,
    /// The estimated time of the calls that the run makes.
    pub(crate) expected: Duration,
    /// The likely cost of these calls; `None` where the price of the model is not known.
    pub(crate) likely: Option<Micros>,
}

/// Runs the roles until the book settles or is held, then copies its files and reports.
pub(crate) async fn settle(run: &Run<'_>, request: &Request) -> Result<ExitCode, Failure> {
    let begun = Instant::now();
    let before = run.app.ports.store.tasks(&request.book_id()).await?;
    let ended = work(run, request, begun).await?;
    conclude(run, request, &before, ended, begun.elapsed()).await
}

/// Runs the roles until the book settles or is held, or until an interrupt has drained them.
pub(crate) async fn work(run: &Run<'_>, request: &Request, begun: Instant) -> Result<Ended, Failure> {
    let mut stop = StopRequests::listen();
    let id = request.book_id();
    let calls = run.writers.models.calls(&request.order.model).map_err(Failure::usage)?;
    let mut view = view::choose(run.global.json, run.environment, subject(run, request)?);
    let mut roles = Roles::of_book(run.app, &run.writers.models, Scope::Book(id.clone()), calls);
    let watched = tokio::select! {
        watched = watch(run, &id, &mut *view, &mut stop, begun) => watched,
        () = roles.broken() => Err(Failure::internal("a role has ended by itself; run the same command again to continue")),
    };
    view.finish();
    if matches!(watched, Ok(Ended::Interrupted)) {
        eprintln!("Stopping; what is finished is kept. Press Ctrl-C again to stop at once.");
    }
    tokio::select! {
        () = roles.stop() => watched,
        () = stop.next() => Ok(Ended::Interrupted),
    }
}

fn subject(run: &Run<'_>, request: &Request) -> Result<Subject, Failure> {
    let callers = run.writers.models.stages(&request.order.models()).map_err(Failure::usage)?;
    Subject::of(&request.order, callers.unpriced().is_none())
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The book is settled or held.
    Settled,
    /// The user interrupted it.
    Interrupted,
}

/// The pause between two updates of the live view.
const REFRESH: Duration = Duration::from_millis(50);

/// Reading the tasks of a large book takes at most one part in this many of the time of the store.
const SHARE: u32 = 20;

/// Shows the events of a book as they come, until it settles, or until it is held and nothing runs.
async fn watch(
    run: &Run<'_>,
    id: &BookId,
    view: &mut dyn View,
    stop: &mut StopRequests,
    begun: Instant,
) -> Result<Ended, Failure> {
    let store = &run.app.ports.store;
    let mut seen = store.events(id, 0, u32::MAX).await?.last().map_or(0, |event| event.seq);
    let (mut tasks, mut stale, mut rest) = (store.tasks(id).await?, false, Instant::now());
    loop {
        // The book is read first. If it has settled, the events that are read afterwards are complete.
        let Some(book) = store.book(id).await? else { return Err(Failure::unavailable("the book was deleted")) };
        let still = book.state.settled() || book.held();
        for event in store.events(id, seen, u32::MAX).await? {
            seen = event.seq;
            stale = true;
            view.event(&event);
        }
        for failed in run.app.ports.live.take_failed_tries() {
            view.try_failed(&failed);
        }
        if let Some(unreachable) = run.writers.models.unreachable(&book.models()) {
            return Err(ended_early(&unreachable));
        }
        if still || (stale && Instant::now() >= rest) {
            let asked = Instant::now();
            tasks = store.tasks(id).await?;
            (stale, rest) = (false, Instant::now() + asked.elapsed() * SHARE);
        }
        let live = run.app.ports.live.snapshot();
        let (stats, elapsed) = (run.writers.models.stats(), begun.elapsed());
        view.tick(&Moment { book: &book, tasks: &tasks, live: &live, stats, elapsed, expected: run.expected });
        // The run of a held book ends when no lease is live, because running calls are finished first.
        if book.state.settled() || (book.held() && tasks.iter().all(|task| task.lease.is_none())) {
            return Ok(Ended::Settled);
        }
        tokio::select! {
            () = stop.next() => return Ok(Ended::Interrupted),
            () = tokio::time::sleep(REFRESH) => {}
        }
    }
}

/// Makes the failure of a run whose provider has answered no call.
pub(crate) fn ended_early(unreachable: &Unreachable) -> Failure {
    Failure::unavailable(format!(
        "{unreachable}; what is written is kept, and the same command then continues the book"
    ))
}

/// Returns what to do where a provider has rejected what the book asks of it, and would reject it again.
fn advice(run: &Run<'_>, book: &Book, report: &Report) -> Option<String> {
    let models = book.models();
    let mut rejections = models.names().into_iter().filter_map(|name| run.writers.models.rejected(name));
    rejections.find_map(|rejected| {
        let mut reasons = report.dead.iter().map(|(_, reason)| reason).chain(&book.reason);
        reasons.any(|reason| rejected.explains(reason)).then(|| rejected.advice())
    })
}

/// Copies the files of a finished book, and prints the report.
async fn conclude(
    run: &Run<'_>,
    request: &Request,
    before: &[Task],
    ended: Ended,
    wall: Duration,
) -> Result<ExitCode, Failure> {
    let (store, id) = (&run.app.ports.store, request.book_id());
    let book = store.book(&id).await?.ok_or_else(|| Failure::unavailable("the book was deleted"))?;
    let tasks = store.tasks(&id).await?;
    let choices = report::choices(&**store, &id, &tasks).await?;
    let mut report = Report::of(&book, &tasks).with_run(&tasks, before, wall).with_likely(run.likely);
    report = report.with_choices(&choices);
    report.advice = advice(run, &book, &report);
    let written = match book.state {
        State::Done => export::files(run.app, &book, None, &run.out).await?,
        _ => Written::default(),
    };
    report::print(run.global.json, &book, &report, &subject(run, request)?, &written)?;
    Ok(match (ended, book.state) {
        (Ended::Interrupted, state) if !state.settled() => ExitCode::from(INTERRUPTED),
        (_, State::Done) if report.dead.is_empty() => ExitCode::SUCCESS,
        _ if book.held() => ExitCode::from(HELD),
        _ => ExitCode::from(NOT_WHOLE),
    })
}
