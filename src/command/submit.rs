//! `bindery submit`: an outline is handed to the fleet, by the same message that upstream systems send.

use std::{
    fs,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_shared::{
    book::{id::BookId, outline::Kind},
    ledger::{Book, State},
    queue::{Lane, Message},
    submission::{CloudEvent, MAX_BYTES, OutlineText, SUBMIT, Submission},
};

use super::{
    watch::watch,
    write::{beside, read_outline, stem},
};
use crate::{
    cli::{Global, SubmitArgs},
    environment::Environment,
    exit::{Failure, HELD, NOT_WHOLE},
    export, identity, stdout,
    workshop::{Workshop, config},
};

/// How long the fleet has to take a book in before a person is told that it may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often is looked whether it has.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    arguments: SubmitArgs,
) -> Result<ExitCode, Failure> {
    let workshop = Workshop::open(global, environment, config(global, environment, Vec::new())?).await?;
    if !workshop.fleet() {
        return Err(Failure::usage(
            "there is no fleet to submit to: set queue.url and store.url, or write it here with `bindery write`",
        ));
    }
    let request_id = match &arguments.id {
        Some(name) => name.clone(),
        None => identity::request_id(&arguments.outline)?,
    };
    let id = BookId::of(&workshop.tenant(), &request_id);
    let repeated = workshop.ports.store.book(&id).await?.is_some();
    send(&workshop, &arguments, request_id).await?;
    let book = taken_in(&workshop, &id).await?;
    if global.json {
        stdout::line(serde_json::json!({"book": book.id, "state": book.state, "repeated": repeated}))?;
    } else {
        stdout::line(format_args!("{}", book.id))?;
    }
    if !arguments.wait {
        return Ok(ExitCode::SUCCESS);
    }
    let book = watch(global, &workshop, &id).await?;
    if book.state == State::Done {
        let out = arguments.out.clone().unwrap_or_else(|| beside(&arguments.outline));
        let files = export::files(&workshop, &book, None, (&out, &stem(&arguments.outline))).await?;
        files.iter().try_for_each(|path| stdout::line(path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(if book.held() { HELD } else { NOT_WHOLE }))
}

async fn send(workshop: &Workshop, arguments: &SubmitArgs, request_id: String) -> Result<(), Failure> {
    let submission = Submission {
        request_id,
        outline: outline(&arguments.outline)?,
        model: arguments.model.clone(),
        words: arguments.words,
        no_plan: arguments.no_plan,
        formats: arguments.format.clone(),
        gaps: None,
        budget_usd: arguments.budget,
        review: arguments.review,
    };
    let id = format!("{}:{}", submission.request_id, bindery_shared::store::now().0);
    let event = CloudEvent { source: "/bindery/submit".to_owned(), ..CloudEvent::new(SUBMIT, id, submission) };
    let message = Message { user: workshop.config.queue.url.user(), ..event.message() };
    if message.body.len() > MAX_BYTES {
        return Err(Failure::usage(format!(
            "the submission has {} bytes, {MAX_BYTES} are allowed",
            message.body.len()
        )));
    }
    workshop.ports.queue.publish(&Lane::Submissions.into(), message).await.map_err(Failure::unavailable)
}

/// Reads the outline; what is wrong with it is said here, before anything is sent.
fn outline(path: &Path) -> Result<OutlineText, Failure> {
    read_outline(path)?;
    let text = fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(match Kind::of(path) {
        Some(Kind::Yaml) => OutlineText::Yaml(text),
        Some(Kind::Json) => OutlineText::Json(serde_json::from_str(&text).map_err(Failure::usage)?),
        _ => OutlineText::Markdown(text),
    })
}

/// Waits until a dispatcher has taken the book in.
async fn taken_in(workshop: &Workshop, id: &BookId) -> Result<Book, Failure> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(book) = workshop.ports.store.book(id).await? {
            return Ok(book);
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Failure::unavailable(format!(
        "the submission is with the broker, but no dispatcher has taken it in for {} s; it was rejected, or none is \
         running, or the store is full: look at their logs and at `bindery dead list`",
        PATIENCE.as_secs()
    )))
}
