//! `bindery dead`: messages that nobody could read.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, DEAD_USER, Message};
use bindery_queue::{Consumer, Delivery, Verdict};

use crate::{
    app::{App, config},
    cli::{DeadCommand, Global},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Messages looked at at once.
const AT_ONCE: u16 = 1_000;

/// How long the broker has to put back what was looked at. Another command may take it at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often is looked whether it has.
const LOOK: Duration = Duration::from_millis(10);

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, what: DeadCommand) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config(global, environment, Vec::new())?).await?;
    let (letters, consumer) = letters(&app).await?;
    let (there, changes) = (letters.len(), matches!(what, DeadCommand::Redrive { .. } | DeadCommand::Purge { .. }));
    let kept = match what {
        DeadCommand::List => {
            letters.iter().try_for_each(|letter| list(global, &letter.message))?;
            letters
        }
        DeadCommand::Show { id } => {
            let letter = letters.iter().find(|letter| letter.message.id == id).ok_or_else(|| none(&id))?;
            let (lane, reason) = (header(&letter.message, DEAD_LANE), header(&letter.message, DEAD_REASON));
            eprintln!("{id}: from {lane}: {reason}");
            stdout::line(String::from_utf8_lossy(&letter.message.body))?;
            letters
        }
        DeadCommand::Redrive { id } => redrive(&app, letters, id.as_deref()).await?,
        DeadCommand::Purge { id, yes } => purge(environment, letters, id.as_deref(), yes).await?,
    };
    // Not before: a broker busy with a consumer's end may forget what was settled behind it when the program ends.
    drop(consumer);
    let nothing = changes && kept.len() == there;
    hand_back(&app, kept).await?;
    if nothing {
        return Err(Failure::usage("nothing was done: there is no dead letter for it"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what was looked at and waits until it is in its queue, so that the next command finds it there.
async fn hand_back(app: &App, letters: Vec<Delivery>) -> Result<(), Failure> {
    let (queue, count) = (&app.ports.queue, letters.len() as u64);
    for letter in letters {
        letter.settle(Verdict::Requeue).await.map_err(Failure::unavailable)?;
    }
    let until = Instant::now() + PATIENCE;
    while queue.depth(Lane::Dead).await.map_err(Failure::unavailable)? < count && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Takes what is there, up to a bound; what is not settled goes back when it is dropped.
async fn letters(app: &App) -> Result<(Vec<Delivery>, Box<dyn Consumer>), Failure> {
    let queue = &app.ports.queue;
    let there = queue.depth(Lane::Dead).await.map_err(Failure::unavailable)?.min(AT_ONCE.into());
    let mut consumer = queue.consume(Lane::Dead, AT_ONCE).await.map_err(Failure::unavailable)?;
    let mut letters = Vec::new();
    for _ in 0..there {
        letters.extend(consumer.next().await);
    }
    Ok((letters, consumer))
}

fn none(id: &str) -> Failure {
    Failure::usage(format!("no dead letter is called `{id}`; `bindery dead list` lists them"))
}

fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    message.headers.get(name).map_or("", String::as_str)
}

fn list(global: &Global, message: &Message) -> Result<(), Failure> {
    let (lane, reason) = (header(message, DEAD_LANE), header(message, DEAD_REASON));
    let tenant = message.headers.get(DEAD_USER);
    if global.json {
        let mut listed = serde_json::json!({"id": message.id, "lane": lane, "reason": reason});
        if let Some(tenant) = tenant {
            listed["tenant"] = tenant.as_str().into();
        }
        return stdout::line(listed);
    }
    let tenant = tenant.map_or("-", String::as_str);
    stdout::line(format_args!("{:<40} {lane:<12} {tenant:<12} {reason}", message.id))
}

/// Sends letters to where they came from, and returns those that stay.
async fn redrive(app: &App, letters: Vec<Delivery>, id: Option<&str>) -> Result<Vec<Delivery>, Failure> {
    let (chosen, mut kept) = choose(letters, id)?;
    for letter in chosen {
        let from = header(&letter.message, DEAD_LANE);
        let Some(lane) = Lane::ALL.into_iter().find(|lane| lane.to_string() == from) else {
            eprintln!("{}: it does not say where it comes from; it stays", letter.message.id);
            kept.push(letter);
            continue;
        };
        let sender = letter.message.headers.get(DEAD_USER).cloned();
        if lane == Lane::Submissions && sender.is_some() && sender != app.config.queue.url.user() {
            // The broker lets nobody publish in another's name, and under this one's it would be this one's book.
            let sender = sender.unwrap_or_default();
            eprintln!("{}: it is {sender}'s, and only they can send it again; it stays", letter.message.id);
            kept.push(letter);
            continue;
        }
        let user = sender.filter(|_| lane == Lane::Submissions);
        let mut message = Message { user, ..letter.message.clone() };
        message.headers.retain(|name, _| ![DEAD_LANE, DEAD_REASON, DEAD_USER].contains(&name.as_str()));
        app.ports.queue.publish(&lane.into(), message).await.map_err(Failure::unavailable)?;
        eprintln!("{}: sent to {lane} again", letter.message.id);
        letter.settle(Verdict::Ack).await.map_err(Failure::unavailable)?;
    }
    Ok(kept)
}

/// Parts the letters that are meant, all of them without an id, from the others.
fn choose(letters: Vec<Delivery>, id: Option<&str>) -> Result<(Vec<Delivery>, Vec<Delivery>), Failure> {
    let (chosen, others): (Vec<Delivery>, Vec<Delivery>) =
        letters.into_iter().partition(|letter| id.is_none_or(|id| letter.message.id == id));
    match id {
        Some(id) if chosen.is_empty() => Err(none(id)),
        _ => Ok((chosen, others)),
    }
}

/// Removes letters for good, and returns those that stay.
async fn purge(
    environment: &Environment,
    letters: Vec<Delivery>,
    id: Option<&str>,
    yes: bool,
) -> Result<Vec<Delivery>, Failure> {
    let (chosen, kept) = choose(letters, id)?;
    let question = format!("Remove {} messages for good?", chosen.len());
    let agreed = yes || chosen.is_empty() || (environment.interactive && environment.agrees(&question));
    if !agreed {
        return Err(Failure::choice("nothing was removed; add --yes to remove them"));
    }
    for letter in chosen {
        letter.settle(Verdict::Ack).await.map_err(Failure::unavailable)?;
    }
    Ok(kept)
}
