//! Makes an order from the file of an outline, or from a topic.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bindery_config::Config;
use bindery_dispatcher::outline::{self as topics, NoOutline, Topic};
use bindery_domain::{self as dates, Moment};
use bindery_ledger::{Order, PlanMode};
use bindery_model::Unreachable;
use bindery_outline::{Outline, to_markdown};
use bindery_store::Store;

use crate::{
    app::{App, Writers},
    cli::OrderArgs,
    environment::Environment,
    exit::Failure,
    export,
    identity::{self, TENANT},
    outline::{self, STANDARD_INPUT},
};

/// An order, and the outline that it came from.
pub(crate) struct Ordered {
    pub(crate) order: Order,
    pub(crate) path: PathBuf,
    pub(crate) request_id: String,
}

/// Makes the order that the command line describes.
pub(crate) async fn order(
    environment: &Environment,
    app: &App,
    arguments: &OrderArgs,
    plan: Option<&Path>,
) -> Result<Ordered, Failure> {
    let config = &app.config;
    let given = match (&arguments.outline, &arguments.topic) {
        (Some(path), _) => path.clone(),
        (None, Some(topic)) => outline_from_topic(environment, config, arguments, topic).await?,
        (None, None) => return Err(Failure::usage("an outline or --topic is needed")),
    };
    let reading = outline::read(&given, arguments.shape)?;
    outline::show(&reading, &given);
    let outline = reading.outline;
    let Place { path, request_id } = place(environment, given, &outline)?;
    let plan = match plan {
        Some(plan) => PlanMode::Given(read_plan(plan)?),
        None if arguments.no_plan => PlanMode::Compiled,
        None => PlanMode::Model,
    };
    let model = model(config, arguments, Some(&outline));
    let date = date(environment, &outline, &*app.ports.store, &request_id).await?;
    let order = Order {
        model,
        chapter_length: arguments.words.unwrap_or(config.book.words),
        section_length: config.book.section_words,
        plan,
        date,
        outline,
    };
    if let PlanMode::Given(json) = &order.plan {
        bindery_dispatcher::plan::read(json, &order).map_err(Failure::usage)?;
    }
    Ok(Ordered { request_id, order, path })
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

/// Returns the model from the command line, the outline or the settings, in this order, or else the stand-in.
fn model(config: &Config, arguments: &OrderArgs, outline: Option<&Outline>) -> String {
    let outlined = || outline.and_then(|outline| outline.front.model.clone());
    arguments.model.clone().or_else(outlined).unwrap_or_else(|| config.model.name_or_stand_in())
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
    arguments: &OrderArgs,
    topic: &str,
) -> Result<PathBuf, Failure> {
    let path = environment.working_folder.join(format!("{}.md", export::stem(topic)));
    if path.exists() {
        eprintln!("Taking the outline in {}; delete the file to have another outline made.", path.display());
        return Ok(path);
    }
    let wanted = Topic {
        topic: topic.to_owned(),
        chapters: arguments.chapters,
        words: arguments.words.unwrap_or(config.book.words),
        language: arguments.language.clone(),
    };
    let model = model(config, arguments, None);
    let writers = Writers::open(config, environment, &model, None).await?;
    let caller = writers.models.caller(&model).map_err(Failure::usage)?;
    eprintln!("Asking {model} for an outline of {} chapters.", wanted.chapters);
    let made = match topics::outline(&caller, &wanted, config.ledger.tries).await {
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
                .unreachable(&model)
                .map_or_else(|| refusal(&error), |unreachable| not_there(&unreachable)));
        }
    };
    save(&path, &made)?;
    eprintln!("Saved it as {}; edit it and run `bindery write` on it to change the book.", path.display());
    Ok(path)
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
