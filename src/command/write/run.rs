//! A run: the roles at work on one book until it settles, is held, or is interrupted.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_dispatcher::plan::{self, Estimate};
use bindery_shared::{
    book::{
        context::Context,
        id::{BookId, TaskId},
        request::{Order, PlanMode, Request},
    },
    ledger::{Book, State, Task},
    live::Progress,
    model::Caller,
    store::Scope,
};

use crate::{
    cli::Global,
    environment::Environment,
    exit::{Failure, HELD, INTERRUPTED, NOT_WHOLE},
    export,
    report::{Report, Spoken},
    roles::Roles,
    view::{self, Moment, Subject, View},
    workshop::{Workshop, Writers},
};

/// A run's surroundings.
pub(crate) struct Run<'a> {
    pub(crate) global: &'a Global,
    pub(crate) environment: &'a Environment,
    pub(crate) workshop: &'a Workshop,
    pub(crate) writers: &'a Writers,
    pub(crate) out: PathBuf,
    pub(crate) stem: String,
    pub(crate) expected: Duration,
}

/// Estimates what an order will take.
pub(crate) fn estimate(order: &Order, caller: &Caller) -> Result<Estimate, Failure> {
    let compiled = plan::compile(order).map_err(Failure::usage)?;
    let estimate = plan::estimate(&compiled, caller);
    Ok(if order.plan == PlanMode::Model { plan::with_plan(estimate, order, &compiled, caller) } else { estimate })
}

/// Prints what a book would take.
#[expect(clippy::print_stdout, reason = "the estimate is the result of a dry run")]
pub(crate) fn print_estimate(global: &Global, request: &Request, estimate: &Estimate) {
    if global.json {
        let value = serde_json::json!({
            "book": request.book_id(), "model": request.order.model, "calls": estimate.calls,
            "input_tokens": estimate.input, "output_tokens": estimate.output, "cost_micro_usd": estimate.cost,
            "seconds": estimate.time.as_secs_f64(), "sequential_seconds": estimate.sequential.as_secs_f64(),
        });
        return println!("{value}");
    }
    println!("{}", spoken_estimate(request, estimate));
}

fn spoken_estimate(request: &Request, estimate: &Estimate) -> String {
    let cost = estimate.cost.map_or("an unknown price".to_owned(), |cost| format!("about {cost}"));
    format!(
        "\"{}\" with {}: {} calls, about {} prompt and {} output tokens, {cost}, about {} ({} one call after another).",
        request.order.outline.title,
        request.order.model,
        estimate.calls,
        estimate.input,
        estimate.output,
        Spoken(estimate.time),
        Spoken(estimate.sequential),
    )
}

/// Shows a paid run's estimate and asks whether to go on, where a person can answer.
pub(crate) fn confirm(
    environment: &Environment,
    yes: bool,
    request: &Request,
    estimate: &Estimate,
) -> Result<(), Failure> {
    eprintln!("{}", spoken_estimate(request, estimate));
    if yes || !environment.interactive {
        return Ok(());
    }
    eprint!("Write it? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::choice("nothing was done; --yes skips the question"))
}

/// Runs the roles until the book settles or is held, then copies its files and reports.
pub(crate) async fn settle(run: &Run<'_>, request: &Request) -> Result<ExitCode, Failure> {
    let begun = Instant::now();
    match work(run, request, begun).await? {
        Ended::Interrupted => {
            eprintln!("Interrupted. Run the same command again to go on.");
            Ok(ExitCode::from(INTERRUPTED))
        }
        Ended::Settled => conclude(run, &request.book_id(), begun.elapsed()).await,
    }
}

/// Runs the roles until the book settles or is held, or until an interrupt has drained them.
pub(crate) async fn work(run: &Run<'_>, request: &Request, begun: Instant) -> Result<Ended, Failure> {
    let id = request.book_id();
    let calls = run.writers.models.calls(&request.order.model).map_err(Failure::usage)?;
    let mut view = view::choose(run.global.json, run.environment.terminal, subject(&request.order)?);
    let roles = Roles::start(run.workshop, &run.writers.models, Scope::Book(id.clone()), calls);
    let watched = watch(run, &id, &mut *view, begun).await;
    view.finish();
    if matches!(watched, Ok(Ended::Interrupted)) {
        eprintln!("Stopping; what is finished is kept. Press Ctrl-C again to stop at once.");
    }
    tokio::select! {
        () = roles.stop() => watched,
        _ = tokio::signal::ctrl_c() => Ok(Ended::Interrupted),
    }
}

fn subject(order: &Order) -> Result<Subject, Failure> {
    let context: Context = plan::compile(order).map_err(Failure::usage)?;
    let chapters = context.chapters.iter().map(|slice| (slice.title.clone(), slice.length)).collect();
    Ok(Subject { title: order.outline.title.clone(), chapters, unit: context.unit() })
}

/// How a run ended.
pub(crate) enum Ended {
    /// The book is settled or held.
    Settled,
    /// The user interrupted it.
    Interrupted,
}

/// How often what is shown is brought up to date.
const REFRESH: Duration = Duration::from_millis(50);

/// Shows the book's events as they come, until it settles or is held and nothing runs.
async fn watch(run: &Run<'_>, id: &BookId, view: &mut dyn View, begun: Instant) -> Result<Ended, Failure> {
    let store = &run.workshop.ports.store;
    let mut seen = store.events(id, 0, u32::MAX).await?.last().map_or(0, |event| event.seq);
    let mut tasks = store.tasks(id).await?;
    let mut interrupted = Box::pin(tokio::signal::ctrl_c());
    loop {
        let events = store.events(id, seen, 1_000).await?;
        for event in &events {
            seen = event.seq;
            view.event(event);
        }
        if !events.is_empty() {
            tasks = store.tasks(id).await?;
        }
        let Some(book) = store.book(id).await? else { return Err(Failure::unavailable("the book was deleted")) };
        let live = run.workshop.ports.live.snapshot();
        let (stats, elapsed) = (run.writers.models.stats(), begun.elapsed());
        view.tick(&Moment { book: &book, tasks: &tasks, live: &live, stats, elapsed, expected: run.expected });
        if ended(&book, &tasks, &live) {
            return Ok(Ended::Settled);
        }
        tokio::select! {
            _ = &mut interrupted => return Ok(Ended::Interrupted),
            () = tokio::time::sleep(REFRESH) => {}
        }
    }
}

/// A held book has ended its run once no lease is live: calls under way are finished first.
fn ended(book: &Book, tasks: &[Task], _live: &BTreeMap<TaskId, Progress>) -> bool {
    book.state.settled() || (book.held() && tasks.iter().all(|task| task.lease.is_none()))
}

/// Copies the files of a whole book and says what it took; or says what is missing.
async fn conclude(run: &Run<'_>, id: &BookId, wall: Duration) -> Result<ExitCode, Failure> {
    let store = &run.workshop.ports.store;
    let book = store.book(id).await?.ok_or_else(|| Failure::unavailable("the book was deleted"))?;
    let tasks = store.tasks(id).await?;
    let report = Report::of(&book, &tasks);
    let files = match book.state {
        State::Done => export::files(run.workshop, &book, None, (&run.out, &run.stem))?,
        _ => Vec::new(),
    };
    crate::report::print(run.global.json, &book, &report, &files, wall);
    Ok(match book.state {
        State::Done if report.dead.is_empty() => ExitCode::SUCCESS,
        _ if book.held() => ExitCode::from(HELD),
        _ => ExitCode::from(NOT_WHOLE),
    })
}
