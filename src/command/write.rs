//! `bindery write`: an outline becomes a bound book, in this process, resumed wherever an earlier run stopped.

mod changes;
mod order;
mod run;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_assembler::format::Format;
use bindery_dispatcher::{plan, submit::submit};
use bindery_shared::{
    book::request::{Order, Request, Terms},
    consume::publish,
    ledger::{Accepted, Book, Hold, Operated, Operation, State},
    model::Caller,
};

use self::run::print_estimate;
pub(crate) use self::{
    changes::kept,
    order::{Ordered, order, read_outline},
    run::{Ended, Run, confirm, estimate, settle, work},
};
use crate::{
    cli::{Global, WriteArgs},
    environment::Environment,
    exit::Failure,
    identity::{Lock, TENANT},
    workshop::{self, Workshop, Writers, is_rehearsal},
};

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, arguments: WriteArgs) -> Result<ExitCode, Failure> {
    let config = workshop::config(global, environment, flags(&arguments))?;
    let workshop = Workshop::open(global, environment, config).await?;
    let ordered = order(environment, &workshop, &arguments.order, arguments.plan.as_deref()).await?;
    let writers = Writers::open(&workshop.config, environment, &ordered.order.model, arguments.calls).await?;
    let request = request(&workshop, &writers, &ordered, &arguments)?;
    let done = write(global, environment, &workshop, &writers, (&ordered, request), &arguments).await;
    writers.close().await;
    done
}

fn flags(arguments: &WriteArgs) -> Vec<(String, String)> {
    let mut flags = Vec::new();
    let mut set = |key: &str, value: Option<String>| flags.extend(value.map(|value| (key.to_owned(), value)));
    set("book.gaps", arguments.gaps.clone());
    set("model.name", arguments.order.model.clone());
    flags
}

/// Makes the request, with the terms that the command line and the settings name.
fn request(
    workshop: &Workshop,
    writers: &Writers,
    ordered: &Ordered,
    arguments: &WriteArgs,
) -> Result<Request, Failure> {
    let caller = writers.models.caller(&ordered.order.model).map_err(Failure::usage)?;
    let mut terms = terms(workshop, &ordered.order, &caller)?;
    terms.budget = arguments.budget.or(terms.budget);
    terms.review = arguments.review;
    if let Some(formats) = &arguments.format {
        terms.formats.clone_from(formats);
    }
    for format in &terms.formats {
        format.parse::<Format>().map_err(Failure::usage)?;
    }
    if terms.budget.is_some() && caller.price().is_none() {
        return Err(Failure::usage(format!(
            "the price of {} is not known, so a budget cannot be kept; add it to a prices file (model.prices_file) or \
             leave the budget out",
            ordered.order.model
        )));
    }
    Ok(Request {
        tenant: TENANT.to_owned(),
        request_id: ordered.request_id.clone(),
        order: ordered.order.clone(),
        terms,
    })
}

/// Returns the terms that the settings name for a book.
pub(crate) fn terms(workshop: &Workshop, order: &Order, caller: &Caller) -> Result<Terms, Failure> {
    let settings = &workshop.config;
    let compiled = plan::compile(order).map_err(Failure::usage)?;
    let budget = settings.book.budget_usd.map(|usd| usd.to_string().parse()).transpose().map_err(Failure::usage)?;
    Ok(Terms {
        window: settings.ledger.window,
        gaps: Default::default(),
        budget,
        plan_estimate: plan::plan_worst(order, &compiled, caller),
        deadline_ms: u64::try_from(settings.ledger.deadline.as_millis()).unwrap_or(u64::MAX),
        review: false,
        formats: settings.book.formats.iter().map(ToString::to_string).collect(),
    })
}

async fn write(
    global: &Global,
    environment: &Environment,
    workshop: &Workshop,
    writers: &Writers,
    (ordered, request): (&Ordered, Request),
    arguments: &WriteArgs,
) -> Result<ExitCode, Failure> {
    let caller = writers.models.caller(&request.order.model).map_err(Failure::usage)?;
    let estimate = estimate(&request.order, &caller)?;
    if arguments.dry_run {
        print_estimate(global, &request, &estimate);
        return Ok(ExitCode::SUCCESS);
    }
    let id = request.book_id();
    let lock = Lock::take(&workshop.folder, &id)?;
    let stored = workshop.ports.store.book(&id).await?;
    let request = decide(workshop, stored.as_ref(), request, arguments).await?;
    let finished =
        stored.as_ref().is_some_and(|book| book.state == State::Done && book.order == request.order.digest());
    if !finished {
        announce(environment, workshop, &request).await;
        if !is_rehearsal(&request.order.model) {
            confirm(environment, arguments.yes, &request, &estimate)?;
        }
    }
    take_up(workshop, &request).await?;
    let out = arguments.out.clone().unwrap_or_else(|| beside(&ordered.path));
    let run = Run { global, environment, workshop, writers, out, stem: stem(&ordered.path), expected: estimate.time };
    let code = settle(&run, &request).await;
    drop(lock);
    code
}

/// Decides what an earlier run of this outline means for this one.
async fn decide(
    workshop: &Workshop,
    stored: Option<&Book>,
    request: Request,
    arguments: &WriteArgs,
) -> Result<Request, Failure> {
    let Some(book) = stored else { return Ok(request) };
    let rehearsed = is_rehearsal(&book.model) && !is_rehearsal(&request.order.model);
    if arguments.anew || rehearsed || book.state == State::Cancelled {
        if rehearsed {
            eprintln!("The earlier run was a rehearsal; its text is not used.");
        }
        super::delete::remove(workshop, book).await?;
        return Ok(request);
    }
    if book.order == request.order.digest() {
        return Ok(request);
    }
    let stored = workshop.ports.store.request(&book.id).await?;
    let stored = stored.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
    if arguments.go_on {
        return Ok(Request { order: stored.order, ..request });
    }
    Err(Failure::choice(changes::explain(book, &stored.order, &request.order)))
}

/// Accepts the request and wakes what an earlier run left: its leases are over, its failures are tried again.
async fn take_up(workshop: &Workshop, request: &Request) -> Result<(), Failure> {
    let id = request.book_id();
    if submit(&workshop.ports, request).await? == Accepted::Conflict {
        return Err(Failure::internal("the book changed while it was looked at; run the command again"));
    }
    for operation in [Operation::TakeOver, Operation::Redrive, Operation::Lift(Hold::Operator)] {
        if let Some(Operated::Done { released }) = workshop.ports.store.operate(&id, operation).await? {
            publish(&*workshop.ports.queue, &*workshop.ports.store, &id, &released).await;
        }
    }
    Ok(())
}

/// Says what is about to happen, and for a rehearsal how to have a book written for real.
async fn announce(environment: &Environment, workshop: &Workshop, request: &Request) {
    if is_rehearsal(&request.order.model) {
        eprintln!("No model is configured: this is a rehearsal with placeholder text, free of charge.");
        for found in super::doctor::discovered(environment, &workshop.config).await {
            eprintln!("  {}: to have it written, add {}", found.evidence, found.flag());
        }
    }
}

/// Returns the folder beside an outline that is named like it.
pub(crate) fn beside(outline: &Path) -> PathBuf {
    outline.with_file_name(stem(outline))
}

/// Returns an outline's name without its folder and ending.
pub(crate) fn stem(outline: &Path) -> String {
    let stem = outline.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "book".to_owned())
}
