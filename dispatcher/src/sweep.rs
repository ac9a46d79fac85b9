//! The sweeper: serves what is due. What it had to repair beyond that is a heal, counted by reason.

use std::time::Duration;

use bindery_domain::{BookId, Lane, TaskId};
use bindery_ledger::{Answer, Command, Operated, Operation, Released};
use bindery_runtime::{Ports, publish};
use bindery_store::{Scope, StoreError};
use tokio_util::sync::CancellationToken;

use crate::leader_lock;

/// The longest pause between two looks.
const TICK: Duration = Duration::from_secs(1);

/// The shortest, so that a due time that cannot be served yet does not make the sweeper spin.
const BREATH: Duration = Duration::from_millis(20);

/// How many due times are served in one look, so that the end of an outage releases no flood.
const AT_ONCE: u32 = 200;

/// How many texts of a book leave in one look, so that no look keeps the store busy for long.
const TEXTS_AT_ONCE: u32 = 500;

/// Serves due times until told to stop. Of those that look at all books, one at a time does.
pub async fn run(ports: Ports, scope: Scope, holder: String, shutdown: CancellationToken) {
    // A turn may be left at any point: what it has not served stays due. With a broker that does not answer it would
    // take longer than a process has to stop.
    let _stopped = shutdown
        .run_until_cancelled(async {
            let mut unserved = 0;
            loop {
                let next = match turn(&ports, &scope, &holder, AT_ONCE.saturating_add(unserved)).await {
                    Ok(looked) => {
                        unserved = looked.unserved;
                        looked.next.unwrap_or(TICK)
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the sweeper could not read what is due; trying again");
                        TICK
                    }
                };
                tokio::time::sleep(next.clamp(BREATH, TICK)).await;
            }
        })
        .await;
}

/// What a look has found.
#[derive(Default)]
struct Looked {
    /// How long until the next due time.
    next: Option<Duration>,
    /// How many due times could not be served. They stay due and come first again, so the next look is as much wider.
    unserved: u32,
}

/// Which kinds of tasks have messages waiting in the queue, asked for once in a look.
#[derive(Default)]
struct Backlogs(Vec<(Lane, bool)>);

impl Backlogs {
    async fn of(&mut self, ports: &Ports, task: TaskId) -> bool {
        let lane = match task {
            TaskId::Plan => Lane::Plans,
            TaskId::Write(_) => Lane::Chapters,
            TaskId::Bind => Lane::Bindings,
        };
        if let Some((_, waits)) = self.0.iter().find(|(asked, _)| *asked == lane) {
            return *waits;
        }
        // A broker that does not answer takes no message either: the task stays due.
        let waits = ports.queue.depth(lane).await.is_ok_and(|depth| depth > 0);
        self.0.push((lane, waits));
        waits
    }
}

async fn turn(ports: &Ports, scope: &Scope, holder: &str, at_once: u32) -> Result<Looked, StoreError> {
    if *scope == Scope::All && !leader_lock::take(ports, "sweeper", holder).await? {
        return Ok(Looked::default());
    }
    look(ports, scope, at_once).await
}

/// Serves what is due now, at most so much.
async fn look(ports: &Ports, scope: &Scope, at_once: u32) -> Result<Looked, StoreError> {
    let due = ports.store.due(scope, at_once).await?;
    let mut looked = Looked { next: due.next, unserved: 0 };
    if due.healed > 0 {
        tracing::warn!(entries = due.healed, reason = "index", "healed");
    }
    let mut backlogs = Backlogs::default();
    for item in due.items {
        let served = match item.task {
            Some(task) => {
                let backlog = backlogs.of(ports, task).await;
                serve(ports, &item.book, (task, backlog)).await
            }
            None => expire(ports, &item.book).await,
        };
        match served {
            Ok(released) => publish(&*ports.queue, &*ports.store, &item.book, &released).await,
            Err(error) => {
                looked.unserved += 1;
                match error {
                    StoreError::Newer(_) => {
                        tracing::debug!(book.id = %item.book, "a due time is left to a newer program")
                    }
                    error => tracing::warn!(book.id = %item.book, %error, "a due time could not be served"),
                }
            }
        }
    }
    Ok(looked)
}

async fn serve(ports: &Ports, book: &BookId, (task, backlog): (TaskId, bool)) -> Result<Vec<Released>, StoreError> {
    match ports.store.step(book, task, Command::Serve { backlog }).await? {
        Answer::Publish { task, heal } => {
            if let Some(reason) = heal {
                tracing::warn!(book.id = %book, task = %task.task, reason, "healed");
            }
            Ok(vec![task])
        }
        Answer::GivenUp { released } => Ok(released),
        Answer::Newer { version } => Err(StoreError::Newer(version)),
        _ => Ok(Vec::new()),
    }
}

async fn expire(ports: &Ports, book: &BookId) -> Result<Vec<Released>, StoreError> {
    match ports.store.operate(book, Operation::Expire).await? {
        Some(Operated::Expired { released, .. }) => Ok(released),
        Some(Operated::Leaving) => shed(ports, book).await.map(|()| Vec::new()),
        _ => Ok(Vec::new()),
    }
}

/// Removes some of the texts that are to leave; until none is left, the book stays due.
async fn shed(ports: &Ports, book: &BookId) -> Result<(), StoreError> {
    if ports.store.remove_texts(book, TEXTS_AT_ONCE).await? {
        ports.store.operate(book, Operation::TextsRemoved).await?;
        tracing::info!(book.id = %book, "its texts have left the store");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
