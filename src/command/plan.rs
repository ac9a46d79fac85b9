//! `bindery plan` writes the context of a book to a file that a person can edit.
//!
//! The plan belongs to a book of its own, which waits for a review and is then deleted. So a failed planning call is
//! tried again, and an interrupted command continues.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use bindery_commands::plan_of;
use bindery_config::Config;
use bindery_context::Context;
use bindery_dispatcher::{
    plan,
    submit::{Submitted, submit},
    terms::{keepable, terms},
};
use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Book, Hold, Operation, PlanMode, Request, State};

use super::write::{Ended, Ordered, Run, Wanted, check_plan, confirm, estimate, order, stem, work};
use crate::{
    app::{App, Writers, is_rehearsal},
    cli::{Global, PlanArgs},
    consent::Spending,
    environment::Environment,
    exit::{Failure, INTERRUPTED},
    identity::{self, Lock, TENANT},
    out_folder::{OutFolder, Written, try_writing},
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: PlanArgs,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    if let Some(book) = waiting(&app, &arguments).await? {
        return export(global, &app, &book, arguments.out.as_deref()).await;
    }
    app.writes_here()?;
    let spending = Spending::of(arguments.yes, arguments.budget);
    let wanted = Wanted { arguments: &arguments.order, plan: None, spending: &spending, dry_run: false };
    let ordered = order(environment, &app, &wanted).await?;
    let writers = Writers::open(&app.config, environment, &ordered.order.models(), None).await?;
    let beside = || ordered.path.with_file_name(format!("{}.plan.json", stem(&ordered.path)));
    let path: PathBuf = arguments.out.unwrap_or_else(beside);
    try_writing(parent(&path))?;
    let made = make(global, environment, &app, &writers, &ordered, &spending).await;
    let Some(context) = made? else { return Ok(ExitCode::from(INTERRUPTED)) };
    let json = serde_json::to_string_pretty(&context).map_err(Failure::internal)? + "\n";
    let path = write_out(&app, &path, json.as_bytes())?;
    announce(global, &ordered, &path)?;
    Ok(ExitCode::SUCCESS)
}

/// Finds the book that the user names, if it waits for a review of its plan.
async fn waiting(app: &App, arguments: &PlanArgs) -> Result<Option<Book>, Failure> {
    let Some(named) = arguments.order.outline.as_ref().and_then(|named| named.to_str()).filter(|named| *named != "-")
    else {
        return Ok(None);
    };
    let book = identity::find_known(app, named).await?;
    Ok(book.filter(|book| book.holds.contains(&Hold::Review) && !book.state.settled()))
}

/// Writes the present plan of a book to a file.
async fn export(global: &Global, app: &App, book: &Book, out: Option<&Path>) -> Result<ExitCode, Failure> {
    let plan = plan_of(&*app.ports.store, book).await.map_err(Failure::usage)?;
    let beside = || PathBuf::from(format!("{}.plan.json", stem(Path::new(&book.request_id))));
    let path = out.map_or_else(beside, Path::to_owned);
    let json = serde_json::to_string_pretty(&plan.context).map_err(Failure::internal)? + "\n";
    let path = write_out(app, &path, json.as_bytes())?;
    if global.json {
        stdout::line(serde_json::json!({"plan": path}))?;
    } else {
        stdout::line(path.display())?;
        eprintln!("Edit it, then: bindery approve {} --plan {}", book.id, path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the plan, and returns the path that it got. A plan that somebody edited stays.
fn write_out(app: &App, wanted: &Path, json: &[u8]) -> Result<PathBuf, Failure> {
    let mut written = Written::default();
    let name = wanted.file_name().ok_or_else(|| Failure::usage(format!("{} names no file", wanted.display())))?;
    let mut folder = OutFolder::open(parent(wanted), &app.folder)?;
    folder.write(&name.to_string_lossy(), json, &mut written)?;
    written.tell();
    written.files.pop().ok_or_else(|| Failure::internal("the plan has no path"))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn announce(global: &Global, ordered: &Ordered, path: &std::path::Path) -> Result<(), Failure> {
    if global.json {
        return stdout::line(serde_json::json!({"plan": path}));
    }
    stdout::line(path.display())?;
    eprintln!("Edit it, then: bindery write {} --plan {}", ordered.path.display(), path.display());
    Ok(())
}

/// Makes the context; `None` where the user interrupted it.
async fn make(
    global: &Global,
    environment: &Environment,
    app: &App,
    writers: &Writers,
    ordered: &Ordered,
    spending: &Spending,
) -> Result<Option<Context>, Failure> {
    let callers = writers.models.stages(&ordered.order.models()).map_err(Failure::usage)?;
    let mut terms = terms(&app.config, &ordered.order, &callers).map_err(Failure::usage)?;
    terms.review = true;
    let compiled = plan::compile(&ordered.order).map_err(Failure::usage)?;
    check_plan(&ordered.order, &compiled, &callers.plan).await?;
    terms.budget = spending.budget.or(terms.budget).map(|budget| budget.saturating_sub(ordered.spent));
    keepable(terms.budget, &callers).map_err(Failure::usage)?;
    let request_id = format!("{}#plan", ordered.request_id);
    let request = Request {
        tenant: TENANT.to_owned(),
        request_id,
        order: ordered.order.clone(),
        terms,
        trace: None,
        former_id: false,
    };
    let id = request.book_id();
    let lock = Lock::take(&app.folder, &id)?;
    if is_rehearsal(&request.order.models()) {
        eprintln!("No model is configured: this is a rehearsal, free of charge.");
    } else if request.order.plan == PlanMode::Model {
        let expected = estimate(app, &writers.models, &request, |task| task == TaskId::Plan).await?;
        confirm(environment, &writers.models, spending, &request, &expected)?;
    }
    // A killed run may have left the plan of another outline.
    if app.ports.store.book(&id).await?.is_some_and(|book| book.order != request.order.digest() || book.state.settled())
    {
        app.ports.store.delete(&id).await?;
    }
    let Submitted { sent, .. } = submit(&app.ports, &writers.models, &request).await?;
    let _marked = sent.mark(&*app.ports.store).await;
    app.ports.store.operate(&id, Operation::TakeOver).await?;
    let expected = std::time::Duration::ZERO;
    let run = Run { global, environment, app, writers, out: PathBuf::new(), expected, likely: None };
    match work(&run, &request, Instant::now()).await? {
        Ended::Interrupted => Ok(None),
        Ended::Settled => {
            let context = read(app, &id).await?;
            lock.remove();
            Ok(Some(context))
        }
    }
}

async fn read(app: &App, id: &BookId) -> Result<Context, Failure> {
    let store = &app.ports.store;
    let book = store.book(id).await?.ok_or_else(|| Failure::unavailable("the plan was deleted"))?;
    let text = match &book.context {
        Some(digest) => store.text(id, digest).await?,
        None => None,
    };
    store.delete(id).await?;
    match text {
        Some(json) => serde_json::from_str(&json).map_err(Failure::internal),
        None if matches!(book.state, State::Failed(_)) => Err(Failure::unavailable(book.reason.unwrap_or_default())),
        None => Err(Failure::unavailable(format!("the plan could not be made; it is {}", book.state))),
    }
}
