//! `bindery submit` sends an outline or a topic to the fleet, with the same message that other systems send.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_config::Config;
use bindery_domain::Lane;
use bindery_ledger::State;
use bindery_outline::{Kind, Outline, to_markdown};
use bindery_protocol::{
    Message,
    submission::{CloudEvent, MAX_BYTES, OutlineText, Receipt, SUBMIT, Submission, TopicText, request_id_flaws},
    tenant::tenant_flaw,
};
use bindery_queue::{Queue, QueueError};

use super::{watch::watch, write::beside};
use crate::{
    app::App,
    cli::{Global, SubmitArgs, SubmittedTopic},
    cover,
    environment::Environment,
    exit::{Failure, HELD, NOT_WHOLE},
    export, identity, outline, pictures, stdout,
};

/// How long the fleet has to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// The pause before the fleet is asked again after the broker has failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: SubmitArgs,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    if !app.fleet() {
        return Err(Failure::usage(
            "there is no fleet to submit to: set queue.url and store.url, or write it here with `bindery write`",
        ));
    }
    let source = source(&arguments)?;
    let request_id = match (&arguments.id, &source) {
        (Some(name), _) => name.clone(),
        (None, Source::Outline(path)) => identity::request_id(path)?,
        (None, Source::Topic(topic)) => topic.about.clone(),
    };
    let flaws: Vec<String> = tenant_flaw(&app.tenant()).into_iter().chain(request_id_flaws(&request_id)).collect();
    if !flaws.is_empty() {
        return Err(Failure::usage(refusal(&arguments, &flaws)));
    }
    let receipt = ask(&app, submission(&app, &arguments, &source, request_id).await?).await?;
    if global.json {
        stdout::line(serde_json::json!(receipt))?;
    }
    let Some(id) = receipt.book else {
        return Err(Failure::usage(format!("the submission was rejected: {}", receipt.errors.join("; "))));
    };
    if !global.json {
        stdout::line(&id)?;
    }
    if !arguments.wait {
        return Ok(ExitCode::SUCCESS);
    }
    let book = watch(global, &app, &id).await?;
    if book.state == State::Done {
        let beside = || match &source {
            Source::Outline(path) => beside(path),
            Source::Topic(topic) => environment.working_folder.join(export::stem(&topic.about)),
        };
        let out = arguments.out.clone().unwrap_or_else(beside);
        let written = export::files(&app, &book, None, &out).await?;
        written.files.iter().try_for_each(|path| stdout::line(path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(if book.held() { HELD } else { NOT_WHOLE }))
}

/// What a book is made from.
enum Source {
    Outline(PathBuf),
    Topic(TopicText),
}

fn source(arguments: &SubmitArgs) -> Result<Source, Failure> {
    let SubmittedTopic { topic, chapters, language } = arguments.topic.clone();
    match (&arguments.outline, topic) {
        (Some(path), _) => Ok(Source::Outline(path.clone())),
        (None, Some(about)) => Ok(Source::Topic(TopicText { about, chapters, language })),
        (None, None) => Err(Failure::usage("an outline or --topic is needed")),
    }
}

async fn submission(
    app: &App,
    arguments: &SubmitArgs,
    source: &Source,
    request_id: String,
) -> Result<Submission, Failure> {
    let (outline, topic, uploads) = match source {
        Source::Outline(path) => {
            let reading = outline::read(path, None)?;
            outline::show(&reading, path);
            let uploads = upload(app, path, &reading.outline).await?;
            (Some(outline_text(path, &reading.outline)?), None, uploads)
        }
        Source::Topic(topic) => (None, Some(topic.clone()), Uploads::default()),
    };
    Ok(Submission {
        request_id,
        outline,
        topic,
        kind: arguments.kind,
        model: arguments.model.clone(),
        words: arguments.words,
        no_plan: arguments.no_plan,
        formats: arguments.format.clone(),
        gaps: None,
        preset: arguments.preset,
        audit: None,
        best_of: arguments.best_of.map(u32::from),
        webhook: None,
        budget_usd: arguments.budget.map(|budget| budget.0 as f64 / 1e6),
        weight: arguments.weight,
        review: arguments.review,
        tags: arguments.tag.iter().cloned().collect(),
        cover: uploads.cover,
        pictures: uploads.pictures,
    })
}

/// Returns why every dispatcher would reject the submission. Without `--id` the book's name is the path of its outline, or its topic.
fn refusal(arguments: &SubmitArgs, flaws: &[String]) -> String {
    let advice = match arguments.id {
        Some(_) => "",
        None => {
            "; without --id the book's name is the outline's full path or the topic, so give it another with --id NAME"
        }
    };
    format!("nothing was submitted: {}{advice}", flaws.join("; "))
}

/// Publishes the submission and waits for the answer of a dispatcher.
async fn ask(app: &App, submission: Submission) -> Result<Receipt, Failure> {
    let id = format!("{}:{}", submission.request_id, bindery_store::now().0);
    let event = CloudEvent { source: "/bindery/submit".to_owned(), ..CloudEvent::new(SUBMIT, id, submission) };
    let message = Message { user: app.config.queue.url.user(), ..event.message() };
    if message.body.len() > MAX_BYTES {
        return Err(Failure::usage(format!(
            "the submission has {} bytes, {MAX_BYTES} are allowed",
            message.body.len()
        )));
    }
    let answer = answer(&*app.ports.queue, message).await.map_err(|error| match error {
        QueueError::Unanswered(_) => Failure::unavailable(format!(
            "the submission is with the broker, but {error}: no dispatcher is running, or the store is full or out \
             of reach; it will be taken in when that is over, and submitting it again does no harm"
        )),
        error => Failure::unavailable(error),
    })?;
    let read: Result<CloudEvent<Receipt>, _> = serde_json::from_slice(&answer.body);
    Ok(read
        .map_err(|error| Failure::unavailable(format!("the answer to the submission cannot be read: {error}")))?
        .data)
}

/// Asks until a dispatcher answers. A broker that restarts loses the way back of the answer, but not the submission, and
/// submitting it again does no harm.
async fn answer(queue: &dyn Queue, message: Message) -> Result<Message, QueueError> {
    let (until, mut told) = (Instant::now() + ANSWER_TIMEOUT, false);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match queue.ask(Lane::Submissions, message.clone(), left).await {
            Err(QueueError::Unanswered(_)) => return Err(QueueError::Unanswered(ANSWER_TIMEOUT)),
            Err(error @ (QueueError::Unreachable { .. } | QueueError::Unconfirmed(_) | QueueError::Blocked))
                if left > PAUSE =>
            {
                if !std::mem::replace(&mut told, true) {
                    eprintln!("Waiting for the broker: {error}.");
                }
                tokio::time::sleep(PAUSE).await;
            }
            answered => return answered,
        }
    }
}

/// The files beside an outline, as they were uploaded.
#[derive(Default)]
struct Uploads {
    cover: Option<String>,
    pictures: BTreeMap<String, String>,
}

/// Stores the cover and the pictures of an outline where the fleet finds them.
async fn upload(app: &App, path: &Path, outline: &Outline) -> Result<Uploads, Failure> {
    let put = async |bytes: &[u8]| {
        let stored = app.files.put_upload(&app.tenant(), bytes.to_vec(), bindery_store::now()).await;
        let stored = stored.map_err(|error| {
            Failure::unavailable(format!(
                "the cover or a picture cannot be stored: {error}; let files.url name the store of files of the fleet, or send \
                 the book with its files over HTTP (PUT /v1/uploads)"
            ))
        });
        stored.map(|digest| digest.to_string())
    };
    let mut uploads = Uploads::default();
    if let Some(image) = cover::read(path, &outline.front)? {
        uploads.cover = Some(put(image.bytes()).await?);
    }
    for picture in pictures::read(path, outline)? {
        uploads.pictures.insert(picture.path.clone(), put(picture.bytes()).await?);
    }
    Ok(uploads)
}

/// Returns the text of an outline that was read.
fn outline_text(path: &Path, outline: &Outline) -> Result<OutlineText, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    // A message holds text. A document of a word processor, or text in another encoding, goes as it was read.
    let Some(text) = String::from_utf8(bytes).ok().filter(|_| Kind::of(path) != Some(Kind::Docx)) else {
        return Ok(OutlineText::Markdown(to_markdown(outline)));
    };
    Ok(match Kind::of(path) {
        Some(Kind::Yaml) => OutlineText::Yaml(text),
        Some(Kind::Json) => OutlineText::Json(serde_json::from_str(&text).map_err(Failure::usage)?),
        _ => OutlineText::Markdown(text),
    })
}
