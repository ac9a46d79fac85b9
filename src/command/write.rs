//! `bindery write` makes a bound book from an outline in this process. It continues where an earlier run stopped.

mod changes;
mod decision;
mod estimate;
mod fit;
mod order;
mod run;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use bindery_commands::{bound, remove};
use bindery_config::Config;
use bindery_dispatcher::{
    submit::{Submitted, submit},
    terms::{format_names, keepable, terms},
};
use bindery_domain::{BookId, TaskId};
use bindery_format::{CoverImage, Format, Picture};
use bindery_ledger::{Accepted, Book, Hold, Operated, Operation, Order, Preset, Request, Standing, State, Terms};
use bindery_outline::FrontMatter;
use bindery_runtime::publish;

pub(crate) use self::{
    changes::kept,
    estimate::{confirm, estimate},
    fit::check_plan,
    order::{Ordered, Wanted, order},
    run::{Ended, Run, settle, work},
};
use self::{
    decision::{Decision, Stored, decide},
    estimate::{estimate_presets, print_estimate},
};
use crate::{
    app::{App, Writers, is_rehearsal},
    cli::{Global, WriteArgs},
    consent::Spending,
    cover,
    environment::Environment,
    exit::Failure,
    identity::{Lock, TENANT},
    out_folder::try_writing,
    pictures,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: WriteArgs,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    app.writes_here()?;
    let spending = Spending::of(arguments.yes, arguments.budget);
    let (plan, dry_run) = (arguments.plan.as_deref(), arguments.dry_run);
    let wanted = Wanted { arguments: &arguments.order, plan, spending: &spending, dry_run };
    let ordered = order(environment, &app, &wanted).await?;
    let writers = Writers::open(&app.config, environment, &ordered.order.models(), arguments.calls).await?;
    let out = arguments.out.clone().unwrap_or_else(|| beside(&ordered.path));
    let (expected, likely) = (Duration::ZERO, None);
    let (app, writers) = (&app, &writers);
    let run = Run { global, environment, app, writers, out, expected, likely };
    write(run, ordered, &arguments).await
}

/// The name of a request, and the id of its book.
struct Named<'a> {
    request_id: &'a str,
    book: &'a BookId,
}

/// Makes the request for an order, with the terms from the command line and the settings.
fn request(run: &Run<'_>, order: Order, named: &Named<'_>, arguments: &WriteArgs) -> Result<Request, Failure> {
    let callers = run.writers.models.stages(&order.models()).map_err(Failure::usage)?;
    let mut terms = terms(&run.app.config, &order, &callers).map_err(Failure::usage)?;
    terms.budget = arguments.budget.or(terms.budget);
    terms.review = arguments.review;
    if let Some(formats) = &arguments.format {
        let formats = formats.iter().map(|format| format.parse::<Format>()).collect::<Result<Vec<_>, _>>();
        terms.formats = format_names(formats.map_err(Failure::usage)?);
    }
    let formats = terms.formats.iter().filter_map(|format| format.parse().ok());
    run.app.press.check(formats).map_err(Failure::usage)?;
    keepable(terms.budget, &callers).map_err(Failure::usage)?;
    let request_id = named.request_id.to_owned();
    let former_id = named.book.is_former();
    Ok(Request { tenant: TENANT.to_owned(), request_id, order, terms, trace: None, former_id })
}

/// Reads which tasks of a book are done. A book that is not stored has none.
pub(crate) async fn done(app: &App, book: &BookId) -> Result<BTreeSet<TaskId>, Failure> {
    let tasks = app.ports.store.tasks(book).await?;
    Ok(tasks.iter().filter(|task| task.standing == Standing::Done).map(|task| task.id).collect())
}

/// Prints what the book would take, as it is ordered and with each preset.
async fn dry_run(
    run: &Run<'_>,
    ordered: &Ordered,
    named: &Named<'_>,
    arguments: &WriteArgs,
) -> Result<ExitCode, Failure> {
    let models = &run.writers.models;
    let request = request(run, ordered.order.clone(), named, arguments)?;
    let estimate = estimate(run.app, models, &request, |_| true).await?;
    let presets = estimate_presets(run.app, models, &request, arguments).await?;
    print_estimate(run.global, &request, &estimate, &presets)?;
    Ok(ExitCode::SUCCESS)
}

async fn write(mut run: Run<'_>, ordered: Ordered, arguments: &WriteArgs) -> Result<ExitCode, Failure> {
    let (app, request_id, spent) = (run.app, ordered.request_id.as_str(), ordered.spent);
    let id = app.ports.store.id_of(TENANT, request_id).await?;
    let named = Named { request_id, book: &id };
    fit::check(&ordered.order, &run.writers.models).await?;
    if arguments.dry_run {
        return dry_run(&run, &ordered, &named, arguments).await;
    }
    if app.config.book.preset != Preset::Standard {
        eprintln!("The preset is {}: {}.", app.config.book.preset, app.config.knobs());
    }
    try_writing(&run.out)?;
    let front = ordered.order.outline.front.clone();
    let cover = cover::read(&ordered.path, &front)?;
    let pictures = pictures::read(&ordered.path, &ordered.order.outline)?;
    let _lock = Lock::take(&app.folder, &id)?;
    let stored = app.ports.store.book(&id).await?;
    let decision = match &stored {
        Some(book) => decide(Stored { book, order: stored_order(app, book).await? }, ordered.order, arguments)?,
        None => Decision::GoOn(Box::new(ordered.order)),
    };
    let (order, replaced) = match decision {
        Decision::GoOn(order) => (order, None),
        Decision::Replace(order) => (order, stored.as_ref()),
    };
    let mut request = request(&run, *order, &named, arguments)?;
    let done = match replaced {
        None => done(app, &id).await?,
        Some(_) => BTreeSet::new(),
    };
    let estimate = estimate(app, &run.writers.models, &request, |task| !done.contains(&task)).await?;
    let kept = stored.as_ref().filter(|_| replaced.is_none());
    if let Some(book) = kept {
        request.terms.budget = request.terms.budget.or(book.terms.budget);
    }
    // The outline of a topic is paid for from the same budget.
    request.terms.budget = request.terms.budget.map(|budget| budget.saturating_sub(spent));
    run.expected = estimate.time;
    run.likely = estimate.cost.map(|cost| cost.likely);
    let finished = kept.is_some_and(|book| book.state == State::Done);
    if finished {
        eprintln!(
            "The book is finished already, so no call is made. `bindery rewrite {id}` writes chapters of it again."
        );
    } else if is_rehearsal(&request.order.models()) {
        announce_rehearsal(run.environment, app).await;
    } else if estimate.calls > 0 {
        let spending = Spending::of(arguments.yes, arguments.budget);
        confirm(run.environment, &run.writers.models, &spending, &request, &estimate)?;
    }
    if let Some(book) = replaced {
        if is_rehearsal(&book.models()) && !is_rehearsal(&request.order.models()) {
            eprintln!("The earlier run was a rehearsal; its text is not used.");
        }
        remove(&app.ports, &*app.files, book, "it is written again from the beginning").await?;
    }
    let restated =
        restate(app, &mut request, Restated { front, cover, pictures, kept, go_on: arguments.go_on }).await?;
    take_up(&run, &request, restated).await?;
    settle(&run, &request).await
}

/// What a run says anew of its book.
struct Restated<'a> {
    /// The front matter of the outline.
    front: FrontMatter,
    cover: Option<CoverImage>,
    pictures: Vec<Picture>,
    /// The stored book that the run continues.
    kept: Option<&'a Book>,
    /// Whether the stored book's own metadata stays.
    go_on: bool,
}

/// Gives a request the metadata, the cover and the pictures of its outline. Returns whether the stored book has others.
async fn restate(app: &App, request: &mut Request, restated: Restated<'_>) -> Result<bool, Failure> {
    let Restated { front, cover, pictures, kept, go_on } = restated;
    if let (true, Some(book)) = (go_on, kept) {
        request.terms.metadata.clone_from(&book.terms.metadata);
        request.terms.cover.clone_from(&book.terms.cover);
        request.terms.pictures.clone_from(&book.terms.pictures);
        return Ok(false);
    }
    request.terms.metadata = request.order.changed_metadata(&front);
    if let Some(cover) = &cover {
        request.terms.cover = Some(cover::store(app, &request.book_id(), cover).await?);
    }
    request.terms.pictures = pictures::store(app, &request.book_id(), &pictures).await?;
    let Terms { metadata, cover, pictures, .. } = &request.terms;
    let changed = |terms: &Terms| (&terms.metadata, &terms.cover, &terms.pictures) != (metadata, cover, pictures);
    Ok(kept.is_some_and(|book| changed(&book.terms)))
}

async fn stored_order(app: &App, book: &Book) -> Result<Order, Failure> {
    let request = app.ports.store.request(&book.id).await?;
    let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
    Ok(request.order)
}

/// Accepts the request and continues what an earlier run left. It ends the old leases, tries failed chapters again, and
/// binds a finished book again if a file is missing, or if its metadata is restated.
async fn take_up(run: &Run<'_>, request: &Request, restated: bool) -> Result<(), Failure> {
    let (app, id) = (run.app, request.book_id());
    let Submitted { accepted, sent } = submit(&app.ports, &run.writers.models, request).await?;
    if !matches!(accepted, Accepted::New(_) | Accepted::Exists(_)) {
        return Err(Failure::internal("another process changed the book; run the command again"));
    }
    let _marked = sent.mark(&*app.ports.store).await;
    let mut operations = vec![Operation::TakeOver, Operation::Redrive, Operation::Lift(Hold::Operator)];
    let book = app.ports.store.book(&id).await?;
    if let Some(book) = book.filter(|book| book.state == State::Done)
        && (restated || !bound(&*app.files, &book).await)
    {
        operations.push(Operation::Rebind);
    }
    for operation in operations {
        match app.ports.store.operate(&id, operation).await? {
            Some(Operated::Done { released }) => {
                // What could not be published is logged, and due again soon.
                let _published = publish(&*app.ports.queue, &*app.ports.store, &id, &released).await;
            }
            Some(Operated::TextsLeft) => return Err(app.texts_left(&id)),
            _ => {}
        }
    }
    Ok(())
}

/// Prints that this is a rehearsal, and how to have the book written by a model.
async fn announce_rehearsal(environment: &Environment, app: &App) {
    eprintln!("No model is configured: this is a rehearsal with placeholder text, free of charge.");
    for found in super::doctor::discovered(environment, &app.config).await {
        eprintln!("  {}: to have the book written with it, add {}", found.evidence, found.flag());
    }
}

/// Returns the folder beside an outline that has the name of the outline.
pub(crate) fn beside(outline: &Path) -> PathBuf {
    outline.with_file_name(stem(outline))
}

/// Returns the name of an outline without its folder and its ending.
pub(crate) fn stem(outline: &Path) -> String {
    let stem = outline.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "book".to_owned())
}
