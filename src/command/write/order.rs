//! Makes an order from the file of an outline, or from a topic.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bindery_config::{BookModels, Config};
use bindery_context::Context;
use bindery_dispatcher::{
    outline::{self as topics, NoOutline},
    terms::keepable,
};
use bindery_domain::{self as dates, Micros, Moment, phrasing::counted};
use bindery_ledger::{Order, PlanMode, Topic};
use bindery_model::{Allowance, Unreachable};
use bindery_outline::{BookKind, Outline, to_markdown};
use bindery_store::Store;

use crate::{
    app::{App, Writers},
    cli::OrderArgs,
    consent::Spending,
    environment::Environment,
    exit::Failure,
    export,
    identity::{self, TENANT},
    outline::{self, STANDARD_INPUT},
};

/// What an order is made from.
pub(crate) struct Wanted<'a> {
    pub(crate) arguments: &'a OrderArgs,
    /// The file of a plan that was made before.
    pub(crate) plan: Option<&'a Path>,
    pub(crate) spending: &'a Spending,
    /// Whether no call may be made, so that no outline of a topic is made.
    pub(crate) dry_run: bool,
}

/// An order, and the outline that it came from.
pub(crate) struct Ordered {
    pub(crate) order: Order,
    pub(crate) path: PathBuf,
    pub(crate) request_id: String,
    /// What the call for the outline cost.
    pub(crate) spent: Micros,
}

/// Where the outline of an order comes from.
enum Source {
    /// A file that was there before.
    File(PathBuf),
    /// A file that a model has just made.
    Made { path: PathBuf, spent: Micros },
    /// A topic of which no outline is made yet.
    Topic { path: PathBuf, topic: Topic },
}

/// Makes the order that the command line describes.
pub(crate) async fn order(environment: &Environment, app: &App, wanted: &Wanted<'_>) -> Result<Ordered, Failure> {
    let (config, arguments, plan) = (&app.config, wanted.arguments, wanted.plan);
    let source = match (&arguments.outline, &arguments.topic) {
        (Some(path), _) => Source::File(path.clone()),
        (None, Some(topic)) => outline_from_topic(environment, config, wanted, topic).await?,
        (None, None) => return Err(Failure::usage("an outline or --topic is needed")),
    };
    let spent = if let Source::Made { spent, .. } = &source { *spent } else { Micros::ZERO };
    let Drafted { outline, place: Place { path, request_id }, topic } = draft(environment, config, arguments, source)?;
    let plan = match plan {
        Some(plan) => PlanMode::Given(read_plan(plan)?),
        None if arguments.no_plan => PlanMode::Compiled,
        None => PlanMode::Model,
    };
    let BookModels { first, stages } = models(config, arguments, Some(&outline));
    let date = date(environment, &outline, &*app.ports.store, &request_id).await?;
    let order = Order {
        model: first,
        stages,
        chapter_length: arguments.words.unwrap_or(config.book.words),
        section_length: config.book.section_words,
        plan,
        date,
        outline,
        topic,
    };
    if let PlanMode::Given(json) = &order.plan {
        Context::given(json, &order.outline).map_err(Failure::usage)?;
    }
    Ok(Ordered { request_id, order, path, spent })
}

/// An outline, and where its book belongs.
struct Drafted {
    outline: Outline,
    place: Place,
    /// The topic of an outline that is not made yet.
    topic: Option<Topic>,
}

fn draft(
    environment: &Environment,
    config: &Config,
    arguments: &OrderArgs,
    source: Source,
) -> Result<Drafted, Failure> {
    let given = match source {
        Source::Topic { path, topic } => {
            topics::check(&topic).map_err(|error| refusal(&error))?;
            let request_id = path.to_string_lossy().into_owned();
            return Ok(Drafted { outline: Outline::default(), place: Place { path, request_id }, topic: Some(topic) });
        }
        Source::File(path) | Source::Made { path, .. } => path,
    };
    let mut reading = outline::read(&given, arguments.shape)?;
    reading.outline.front.kind = arguments.kind.or(reading.outline.front.kind).or(config.book.kind);
    outline::show(&reading, &given);
    let outline = reading.outline;
    let place = place(environment, given, &outline)?;
    Ok(Drafted { outline, place, topic: None })
}

/// Where a book belongs.
struct Place {
    /// The path beside which its files go.
    path: PathBuf,
    request_id: String,
}

/// Returns the place of a book. One from the standard input is named after its title, in the working folder.
fn place(environment: &Environment, given: PathBuf, outline: &Outline) -> Result<Place, Failure> {
    if given.as_os_str() != STANDARD_INPUT {
        let request_id = identity::request_id(&given)?;
        return Ok(Place { path: given, request_id });
    }
    let path = environment.working_folder.join(format!("{}.md", export::stem(&outline.title)));
    let request_id = path.to_string_lossy().into_owned();
    Ok(Place { path, request_id })
}

fn read_plan(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("the plan {} cannot be read: {error}", path.display())))
}

/// Returns the models from the command line, the outline or the settings, in this order, or else the stand-in.
fn models(config: &Config, arguments: &OrderArgs, outline: Option<&Outline>) -> BookModels {
    let outlined = || outline.and_then(|outline| outline.front.model.clone());
    config.model.of_book(arguments.model.clone().or_else(outlined))
}

/// Returns the date of a book: from its outline, from `SOURCE_DATE_EPOCH`, or else the day of its first request.
async fn date(
    environment: &Environment,
    outline: &Outline,
    books: &dyn Store,
    request_id: &str,
) -> Result<String, Failure> {
    if let Some(date) = &outline.front.date {
        return Ok(date.clone());
    }
    if let Some(seconds) = environment.variable("SOURCE_DATE_EPOCH").and_then(|seconds| seconds.parse().ok()) {
        return Ok(dates::date(Moment(u64::saturating_mul(seconds, 1_000))));
    }
    let stored = books.request(&books.id_of(TENANT, request_id).await?).await?;
    Ok(stored.map_or_else(|| dates::date(bindery_store::now()), |request| request.order.date))
}

/// Makes an outline with the model and saves it as a file that the user can edit. An outline that is already saved is
/// used as it is.
async fn outline_from_topic(
    environment: &Environment,
    config: &Config,
    wanted: &Wanted<'_>,
    topic: &str,
) -> Result<Source, Failure> {
    let Wanted { arguments, spending, .. } = wanted;
    let path = environment.working_folder.join(format!("{}.md", export::stem(topic)));
    if path.exists() {
        eprintln!("Taking the outline in {}; delete the file to have another outline made.", path.display());
        return Ok(Source::File(path));
    }
    let topic = Topic {
        topic: topic.to_owned(),
        chapters: arguments.chapters,
        words: arguments.words.unwrap_or(config.book.words),
        language: arguments.language.clone(),
        kind: arguments.kind.or_else(|| BookKind::told_by(topic)).or(config.book.kind),
    };
    if wanted.dry_run {
        return Ok(Source::Topic { path, topic });
    }
    let names = models(config, arguments, None).complete();
    let writers = Writers::open(config, environment, &names, None).await?;
    let callers = writers.models.stages(&names).map_err(Failure::usage)?;
    keepable(spending.budget, &callers).map_err(Failure::usage)?;
    let (chapters, model) = (counted(topic.chapters.into(), "chapter", "chapters"), callers.plan.first().name());
    let told = format!("Asking {model} for an outline of {chapters}.");
    spending.consent(environment, callers.plan.is_free(), &told, "Have it made?")?;
    let allowance = Allowance::new(spending.budget);
    let made = match topics::outline(&callers.plan, &topic, config.ledger.tries, &allowance).await {
        Ok(made) => made,
        Err(NoOutline::Unusable { nearly: Some(nearly), last, .. }) => {
            save(&path, &nearly)?;
            let path = path.display();
            return Err(Failure::not_whole(format!(
                "{last}; the last one was saved as {path}: edit it, then type `bindery write {path}`"
            )));
        }
        Err(error) => {
            return Err(writers
                .models
                .unreachable(&names)
                .map_or_else(|| refusal(&error), |unreachable| not_there(&unreachable)));
        }
    };
    save(&path, &made)?;
    eprintln!("Saved it as {}; edit it and run `bindery write` on it to change the book.", path.display());
    Ok(Source::Made { path, spent: allowance.spent() })
}

fn not_there(unreachable: &Unreachable) -> Failure {
    Failure::unavailable(format!("{unreachable}, then run the same command again"))
}

fn refusal(error: &NoOutline) -> Failure {
    match error {
        NoOutline::Invalid(_) => Failure::usage(error),
        NoOutline::Unusable { .. } => Failure::not_whole(error),
        NoOutline::Failed { .. } => Failure::unavailable(error),
    }
}

fn save(path: &Path, outline: &Outline) -> Result<(), Failure> {
    fs::write(path, to_markdown(outline)).map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))
}
