//! `bindery dead` looks after the dead letters: the messages that no process could read.

use std::process::ExitCode;

use bindery_commands::{DeadLetterError, DeadLetterOrigin, DeadLetters, SentAgain, Stays};
use bindery_config::Config;
use bindery_domain::{Lane, phrasing::without_control};
use bindery_protocol::{DEAD_SIZE, Message};

use crate::{
    app::App,
    cli::{DeadCommand, Global},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    what: DeadCommand,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    let queue = &*app.ports.queue;
    let mut taken = DeadLetters::take(queue, app.config.queue.timeout).await.map_err(failure)?;
    if taken.left() > 0 {
        eprintln!("{} more dead letters were not looked at. Send these again or purge them first.", taken.left());
    }
    let (there, changes) = (taken.count(None), matches!(what, DeadCommand::Redrive { .. } | DeadCommand::Purge { .. }));
    match what {
        DeadCommand::List => taken.messages().try_for_each(|message| list(global, message))?,
        DeadCommand::Show { id } => show(&taken, &id)?,
        DeadCommand::Redrive { id } => {
            let sent = taken.send_again(queue, id.as_deref()).await.map_err(failure)?;
            sent.iter().try_for_each(|sent| tell_sent(global, sent))?;
        }
        DeadCommand::Purge { id, yes } => purge(environment, &mut taken, id.as_deref(), yes).await?,
    }
    let nothing = changes && taken.count(None) == there;
    taken.hand_back(queue).await.map_err(Failure::unavailable)?;
    if nothing {
        return Err(Failure::usage("nothing was done: there is no dead letter for it"));
    }
    Ok(ExitCode::SUCCESS)
}

fn failure(error: DeadLetterError) -> Failure {
    match error {
        DeadLetterError::Unknown(_) => Failure::usage(format!("{error}; `bindery dead list` lists them")),
        error => Failure::unavailable(error),
    }
}

fn list(global: &Global, message: &Message) -> Result<(), Failure> {
    let DeadLetterOrigin { lane, reason, tenant } = DeadLetterOrigin::of(message);
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

fn show(taken: &DeadLetters, id: &str) -> Result<(), Failure> {
    let message = taken.messages().find(|message| message.id == id);
    let message = message.ok_or_else(|| failure(DeadLetterError::Unknown(id.to_owned())))?;
    let DeadLetterOrigin { lane, reason, .. } = DeadLetterOrigin::of(message);
    eprintln!("{}", without_control(&format!("{id}: from {lane}: {reason}")));
    match message.headers.get(DEAD_SIZE) {
        Some(bytes) => eprintln!("{id}: its {bytes} bytes were too many to keep"),
        None => String::from_utf8_lossy(&message.body).lines().try_for_each(stdout::shown)?,
    }
    Ok(())
}

/// Says what happened to one message.
fn tell_sent(global: &Global, SentAgain { id, sender, sent }: &SentAgain) -> Result<(), Failure> {
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

/// Removes messages for good.
async fn purge(environment: &Environment, taken: &mut DeadLetters, id: Option<&str>, yes: bool) -> Result<(), Failure> {
    let count = taken.count(id);
    let question = format!("Remove {count} messages for good?");
    let agreed = yes || count == 0 || (environment.interactive && environment.agrees(&question));
    if !agreed {
        return Err(Failure::choice("nothing was removed; add --yes to remove them"));
    }
    taken.remove(id).await.map_err(failure)?;
    Ok(())
}
