//! The sweeper: serves due times. A repair that it makes beyond that is a heal, counted by its reason.

use std::{collections::HashMap, time::Duration};

use bindery_domain::{BookId, Lane, TaskId};
use bindery_ledger::{Answer, Command, Operated, Operation, Released};
use bindery_runtime::{Ports, publish};
use bindery_store::{Scope, StoreError};
use tokio_util::sync::CancellationToken;

use crate::leader_lock;

/// The longest pause between two sweeps.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// The shortest pause between two sweeps: without it, a due time that cannot be served yet would make the sweeper spin.
const MIN_PAUSE: Duration = Duration::from_millis(20);

/// The most due times that are served in one sweep, so that the end of an outage releases no flood.
const MAX_DUE_PER_SWEEP: u32 = 200;

/// The most texts of a book that are removed in one sweep, so that no sweep keeps the store busy for long.
const MAX_TEXTS_PER_SWEEP: u32 = 500;

/// Serves due times until `shutdown`. Among sweepers of all books, only the leader serves.
pub async fn run(ports: Ports, scope: Scope, holder: String, shutdown: CancellationToken) {
    // A sweep may be dropped at any point: what it has not served stays due. If the broker does not answer, a whole sweep
    // would take longer than a process has to stop.
    let _stopped = shutdown
        .run_until_cancelled(async {
            let mut unserved = 0;
            loop {
                let next =
                    match sweep_as_leader(&ports, &scope, &holder, MAX_DUE_PER_SWEEP.saturating_add(unserved)).await {
                        Ok(swept) => {
                            unserved = swept.unserved;
                            swept.next.unwrap_or(MAX_PAUSE)
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the sweeper could not read what is due; trying again");
                            MAX_PAUSE
                        }
                    };
                tokio::time::sleep(next.clamp(MIN_PAUSE, MAX_PAUSE)).await;
            }
        })
        .await;
}

/// The result of a sweep.
#[derive(Default)]
struct Swept {
    /// The time until the next due time.
    next: Option<Duration>,
    /// The number of due times that could not be served. They stay due and come first again, so the next sweep takes as
    /// many more.
    unserved: u32,
}

/// Whether messages wait in each lane; the queue is asked once per lane in a sweep.
#[derive(Default)]
struct Backlogs(HashMap<Lane, bool>);

impl Backlogs {
    async fn has_messages(&mut self, ports: &Ports, task: TaskId) -> bool {
        let lane = match task {
            TaskId::Plan => Lane::Plans,
            TaskId::Write(_) => Lane::Chapters,
            TaskId::Bind => Lane::Bindings,
        };
        if let Some(waiting) = self.0.get(&lane) {
            return *waiting;
        }
        // A broker that does not answer would take no message either, so the task stays due.
        let waiting = ports.queue.depth(lane).await.is_ok_and(|depth| depth > 0);
        self.0.insert(lane, waiting);
        waiting
    }
}

async fn sweep_as_leader(ports: &Ports, scope: &Scope, holder: &str, limit: u32) -> Result<Swept, StoreError> {
    if *scope == Scope::All && !leader_lock::take(ports, "sweeper", holder).await? {
        return Ok(Swept::default());
    }
    sweep(ports, scope, limit).await
}

/// Serves at most `limit` due times.
async fn sweep(ports: &Ports, scope: &Scope, limit: u32) -> Result<Swept, StoreError> {
    let due = ports.store.due(scope, limit).await?;
    let mut swept = Swept { next: due.next, unserved: 0 };
    if due.healed > 0 {
        tracing::warn!(entries = due.healed, reason = "index", "healed");
    }
    let mut backlogs = Backlogs::default();
    for item in due.items {
        let served = match item.task {
            Some(task) => {
                let backlog = backlogs.has_messages(ports, task).await;
                serve(ports, &item.book, task, backlog).await
            }
            None => expire(ports, &item.book).await,
        };
        match served {
            Ok(released) => publish(&*ports.queue, &*ports.store, &item.book, &released).await,
            Err(error) => {
                swept.unserved += 1;
                match error {
                    StoreError::Newer(_) => {
                        tracing::debug!(book.id = %item.book, "a due time is left to a newer program")
                    }
                    error => tracing::warn!(book.id = %item.book, %error, "a due time could not be served"),
                }
            }
        }
    }
    Ok(swept)
}

async fn serve(ports: &Ports, book: &BookId, task: TaskId, backlog: bool) -> Result<Vec<Released>, StoreError> {
    match ports.store.step(book, task, Command::Serve { backlog, spare_leases: false }).await? {
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
        Some(Operated::Leaving) => remove_texts(ports, book).await.map(|()| Vec::new()),
        _ => Ok(Vec::new()),
    }
}

/// Removes some of a book's texts. The book stays due until no text is left.
async fn remove_texts(ports: &Ports, book: &BookId) -> Result<(), StoreError> {
    if ports.store.remove_texts(book, MAX_TEXTS_PER_SWEEP).await? {
        ports.store.operate(book, Operation::TextsRemoved).await?;
        tracing::info!(book.id = %book, "its texts have left the store");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
