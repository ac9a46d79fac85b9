//! `bindery dead` looks after the dead letters: the messages that no process could read.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use bindery_config::Config;
use bindery_domain::{Lane, phrasing::without_control};
use bindery_protocol::{DEAD_LANE, DEAD_REASON, DEAD_SIZE, Message, UNPROVEN_SENDER};
use bindery_queue::{Consumer, Delivery, QueueError, Verdict};
use tokio::time::timeout;

use crate::{
    app::App,
    cli::{DeadCommand, Global},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// The most messages that a command looks at.
const MOST: u64 = 1_000;

/// The most bytes of messages, after which a command takes no more. All are held until it ends, since a message that is put
/// back would come again.
const MOST_BYTES: usize = 32_000_000;

/// How many messages one consumer takes. The broker sends them without knowing how much memory they need here.
const BATCH: u16 = 20;

/// How long the broker has to put messages back. It may never happen, because another command can take them at once.
const RETURN_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the number of messages is checked.
const LOOK: Duration = Duration::from_millis(10);

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    what: DeadCommand,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let Taken { letters, consumers, left } = take(&app).await?;
    if left > 0 {
        eprintln!("{left} more dead letters were not looked at. Send these again or purge them first.");
    }
    let (there, changes) = (letters.len(), matches!(what, DeadCommand::Redrive { .. } | DeadCommand::Purge { .. }));
    let kept = match what {
        DeadCommand::List => {
            letters.iter().try_for_each(|letter| list(global, &letter.message))?;
            letters
        }
        DeadCommand::Show { id } => {
            let letter = letters.iter().find(|letter| letter.message.id == id).ok_or_else(|| none(&id))?;
            let (lane, reason) = (header(&letter.message, DEAD_LANE), header(&letter.message, DEAD_REASON));
            eprintln!("{}", without_control(&format!("{id}: from {lane}: {reason}")));
            match letter.message.headers.get(DEAD_SIZE) {
                Some(bytes) => eprintln!("{id}: its {bytes} bytes were too many to keep"),
                None => String::from_utf8_lossy(&letter.message.body).lines().try_for_each(stdout::shown)?,
            }
            letters
        }
        DeadCommand::Redrive { id } => redrive(global, &app, letters, id.as_deref()).await?,
        DeadCommand::Purge { id, yes } => purge(environment, letters, id.as_deref(), yes).await?,
    };
    // The consumers end only after the chosen messages are settled. A broker that is still ending a consumer may forget
    // what is settled after that, if the program ends at once.
    drop(consumers);
    let nothing = changes && kept.len() == there;
    hand_back(&app, kept).await?;
    if nothing {
        return Err(Failure::usage("nothing was done: there is no dead letter for it"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Hands messages back and waits until they are in their queue, so that the next command finds them.
async fn hand_back(app: &App, letters: Vec<Delivery>) -> Result<(), Failure> {
    let (queue, count) = (&app.ports.queue, letters.len() as u64);
    for letter in letters {
        letter.settle(Verdict::Requeue).await.map_err(Failure::unavailable)?;
    }
    let until = Instant::now() + RETURN_TIMEOUT;
    while queue.depth(Lane::Dead).await.map_err(Failure::unavailable)? < count && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// The messages that were taken from the queue, the consumers that took them, and how many messages are left.
struct Taken {
    letters: Vec<Delivery>,
    consumers: Vec<Box<dyn Consumer>>,
    left: u64,
}

/// Takes the messages that are there, within the limits. A message that is dropped unsettled goes back.
async fn take(app: &App) -> Result<Taken, Failure> {
    let queue = &app.ports.queue;
    let there = queue.depth(Lane::Dead).await.map_err(Failure::unavailable)?;
    let (mut letters, mut consumers, mut bytes) = (Vec::new(), Vec::new(), 0);
    while (letters.len() as u64) < there.min(MOST) && bytes < MOST_BYTES {
        let mut consumer = queue.consume(Lane::Dead, BATCH).await.map_err(Failure::unavailable)?;
        for _ in 0..u64::from(BATCH).min(there - letters.len() as u64) {
            // A message with a name that is not text breaks the connection that takes it, again and again.
            let letter = timeout(app.config.queue.timeout, consumer.next()).await.map_err(|_| withheld(there))?;
            bytes += letter.as_ref().map_or(0, |letter| letter.message.body.len());
            letters.extend(letter);
        }
        consumers.push(consumer);
    }
    let left = there - letters.len() as u64;
    Ok(Taken { letters, consumers, left })
}

fn withheld(there: u64) -> Failure {
    Failure::unavailable(format!(
        "the broker has {there} dead letters and does not hand them on; another command may have taken them, or one of \
         them cannot be read by any client: docs/runbook/dead-letters.md says how to remove it"
    ))
}

fn none(id: &str) -> Failure {
    Failure::usage(format!("no dead letter is called `{id}`; `bindery dead list` lists them"))
}

fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    message.headers.get(name).map_or("", String::as_str)
}

fn list(global: &Global, message: &Message) -> Result<(), Failure> {
    let (lane, reason) = (header(message, DEAD_LANE), header(message, DEAD_REASON));
    // Other messages come from the fleet itself.
    let tenant = message.sender().filter(|_| named(lane).is_some_and(Lane::is_public));
    if global.json {
        let mut listed = serde_json::json!({"id": message.id, "lane": lane, "reason": reason});
        if let Some(tenant) = tenant {
            listed["tenant"] = tenant.into();
        }
        return stdout::line(listed);
    }
    let tenant = tenant.unwrap_or("-");
    stdout::shown(format_args!("{:<40} {lane:<12} {tenant:<12} {reason}", message.id))
}

/// Sends messages to the lanes that they came from, and returns those that stay.
async fn redrive(
    global: &Global,
    app: &App,
    letters: Vec<Delivery>,
    id: Option<&str>,
) -> Result<Vec<Delivery>, Failure> {
    let Choice { chosen, others: mut kept } = choose(letters, id)?;
    for letter in chosen {
        let sent = match destination(&letter.message) {
            Ok(lane) => {
                let published = app.ports.queue.publish(&lane.into(), letter.message.clone().redriven()).await;
                published.map(|()| lane).map_err(Stays::from)
            }
            Err(stays) => Err(stays),
        };
        tell_redriven(global, &letter.message, &sent)?;
        match sent {
            Ok(_) => letter.settle(Verdict::Ack).await.map_err(Failure::unavailable)?,
            Err(_) => kept.push(letter),
        }
    }
    Ok(kept)
}

/// Returns the lane with a name.
fn named(name: &str) -> Option<Lane> {
    Lane::ALL.into_iter().find(|lane| lane.to_string() == name)
}

/// Why a letter stays.
#[derive(Debug, thiserror::Error)]
enum Stays {
    #[error("it does not say where it comes from")]
    NoOrigin,
    #[error("its {bytes} bytes were too many to keep; its sender must send a shorter one")]
    TooLong { bytes: String },
    #[error(
        "it says that it is {sender}'s, but it was not written by the broker's user that this command connects as; \
         run the command as the fleet's user, or let {sender} send it again"
    )]
    Unproven { sender: String },
    #[error(transparent)]
    Unpublished(#[from] QueueError),
}

/// Returns the lane that a letter is sent to again.
fn destination(letter: &Message) -> Result<Lane, Stays> {
    let from = header(letter, DEAD_LANE);
    let lane = named(from).filter(|lane| *lane != Lane::Dead);
    let lane = lane.ok_or(Stays::NoOrigin)?;
    if let Some(bytes) = letter.headers.get(DEAD_SIZE) {
        return Err(Stays::TooLong { bytes: bytes.clone() });
    }
    match letter.headers.get(UNPROVEN_SENDER) {
        Some(sender) if lane.is_public() => Err(Stays::Unproven { sender: sender.clone() }),
        _ => Ok(lane),
    }
}

/// Says what happened to one message.
fn tell_redriven(global: &Global, letter: &Message, sent: &Result<Lane, Stays>) -> Result<(), Failure> {
    let (id, sender) = (&letter.id, letter.sender());
    if global.json {
        let (lane, error) = (sent.as_ref().ok().map(Lane::to_string), sent.as_ref().err().map(Stays::to_string));
        return stdout::line(serde_json::json!({"id": id, "sent_to": lane, "sender": sender, "error": error}));
    }
    let told = match (sent, sender) {
        (Ok(lane), Some(sender)) => format!("{id}: sent to {lane} again, as {sender}'s"),
        (Ok(lane), None) => format!("{id}: sent to {lane} again"),
        (Err(reason), _) => format!("{id}: it stays: {reason}"),
    };
    eprintln!("{}", without_control(&told));
    Ok(())
}

/// The messages that a command is about, and those that it leaves alone.
struct Choice {
    chosen: Vec<Delivery>,
    others: Vec<Delivery>,
}

/// Separates the message with this id from the others. Without an id, all are chosen.
fn choose(letters: Vec<Delivery>, id: Option<&str>) -> Result<Choice, Failure> {
    let (chosen, others): (Vec<Delivery>, Vec<Delivery>) =
        letters.into_iter().partition(|letter| id.is_none_or(|id| letter.message.id == id));
    match id {
        Some(id) if chosen.is_empty() => Err(none(id)),
        _ => Ok(Choice { chosen, others }),
    }
}

/// Removes messages for good, and returns those that stay.
async fn purge(
    environment: &Environment,
    letters: Vec<Delivery>,
    id: Option<&str>,
    yes: bool,
) -> Result<Vec<Delivery>, Failure> {
    let Choice { chosen, others: kept } = choose(letters, id)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(headers: &[(&str, &str)]) -> Message {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Message { headers: headers.collect(), ..Message::default() }
    }

    #[test]
    fn a_letter_goes_back_to_its_lane_only_where_its_sender_is_proven() {
        assert_eq!(destination(&letter(&[(DEAD_LANE, "submissions")])).unwrap(), Lane::Submissions);
        let unproven = letter(&[(DEAD_LANE, "chapters"), (UNPROVEN_SENDER, "ada")]);
        assert_eq!(destination(&unproven).unwrap(), Lane::Chapters);
        let unproven = destination(&letter(&[(DEAD_LANE, "submissions"), (UNPROVEN_SENDER, "ada")])).unwrap_err();
        assert!(unproven.to_string().contains("ada"), "{unproven}");
        destination(&letter(&[(DEAD_LANE, "submissions"), (DEAD_SIZE, "10000000")])).unwrap_err();
        for stray in ["", "dead", "elsewhere"] {
            destination(&letter(&[(DEAD_LANE, stray)])).unwrap_err();
        }
    }
}
