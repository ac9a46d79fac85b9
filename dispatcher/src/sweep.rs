//! The sweeper: serves due times. A repair that it makes beyond that is a heal, counted by its reason.

mod outages;
mod setback;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bindery_domain::{BookId, Lane, TaskId};
use bindery_ledger::{Answer, Command, Operated, Operation, Released, Rules, TaskRef};
use bindery_runtime::{FaultLog, PUBLISH_FAULT, Ports, PublishError, STORE_FAULT, publish};
use bindery_store::{Scope, StoreError};
use tokio_util::sync::CancellationToken;

use self::{
    outages::{Now, Outages},
    setback::{Pulse, Republishing},
};
use crate::leader_lock;

/// The longest pause between two sweeps.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// The shortest pause between two sweeps: without it, a due time that cannot be served yet would make the sweeper spin.
const MIN_PAUSE: Duration = Duration::from_millis(20);

/// The most due times that are served in one sweep, so that the end of an outage releases no flood.
const MAX_DUE_PER_SWEEP: u32 = 200;

/// The most texts of a book that are removed in one sweep, so that no sweep keeps the store busy for long.
const MAX_TEXTS_PER_SWEEP: u32 = 500;

/// Due times cannot be served though the store and the broker answer.
static UNSERVED: FaultLog = FaultLog::new("a due time could not be served", "all due times are served again");

/// Serves due times until `shutdown`. Among sweepers of all books, only the leader serves. `rules` are those of the store.
pub async fn run(ports: Ports, scope: Scope, rules: Rules, holder: String, shutdown: CancellationToken) {
    // A sweep may be dropped at any point: what it has not served stays due. If the broker does not answer, a whole sweep
    // would take longer than a process has to stop.
    let _stopped = shutdown
        .run_until_cancelled(async {
            let (mut unserved, mut store_fault) = (0, STORE_FAULT.caller());
            let outages = Outages::new(rules.lease, Now::read());
            let (pulse, republishing) = (Pulse::default(), Republishing::default());
            let mut sweeper = Sweeper { ports, scope, rules, holder, outages, pulse, republishing };
            loop {
                let limit = MAX_DUE_PER_SWEEP.saturating_add(unserved);
                let swept = sweeper.sweep_as_leader(limit).await;
                if matches!(swept, Err(PublishError::Store(_))) {
                    sweeper.outages.failed(Now::read());
                }
                let next = match swept {
                    Ok(swept) => {
                        store_fault.ended();
                        unserved = swept.unserved;
                        swept.next.unwrap_or(MAX_PAUSE)
                    }
                    Err(PublishError::Store(error)) => {
                        store_fault.failed(&error);
                        MAX_PAUSE
                    }
                    Err(PublishError::Queue(error)) => {
                        store_fault.ended();
                        PUBLISH_FAULT.failed(&error);
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

/// What a sweep knows of the lanes. The queue is asked once for each.
#[derive(Default)]
struct Lanes {
    /// Whether messages wait.
    backlogs: HashMap<Lane, bool>,
    /// The lanes that have failed in this sweep. Each try may take as long as the broker may take to answer.
    failed: HashSet<Lane>,
}

impl Lanes {
    async fn has_messages(&mut self, ports: &Ports, lane: Lane) -> Result<bool, PublishError> {
        if let Some(waiting) = self.backlogs.get(&lane) {
            return Ok(*waiting);
        }
        let waiting = ports.queue.depth(lane).await? > 0;
        self.backlogs.insert(lane, waiting);
        Ok(waiting)
    }
}

/// A sweeper at work.
struct Sweeper {
    ports: Ports,
    scope: Scope,
    rules: Rules,
    holder: String,
    outages: Outages,
    pulse: Pulse,
    republishing: Republishing,
}

impl Sweeper {
    async fn sweep_as_leader(&mut self, limit: u32) -> Result<Swept, PublishError> {
        let Self { ports, scope, .. } = self;
        if *scope == Scope::All {
            if self.pulse.feel(ports).await?.is_some() {
                self.republishing.begin();
            }
            if !leader_lock::take(ports, "sweeper", &self.holder).await? {
                return Ok(Swept::default());
            }
            self.republishing.go_on(ports, &self.rules).await?;
        }
        sweep(ports, scope, &mut self.outages, limit).await
    }
}

/// Serves at most `limit` due times. The sweep ends at the first failure of the store or the broker: a silent server
/// would otherwise hold it up for each due time.
async fn sweep(ports: &Ports, scope: &Scope, outages: &mut Outages, limit: u32) -> Result<Swept, PublishError> {
    let due = ports.store.due(scope, limit).await?;
    let spare_leases = outages.looked(Now::read());
    let mut swept = Swept { next: due.next, unserved: 0 };
    if due.healed > 0 {
        tracing::warn!(entries = due.healed, reason = "index", "healed");
    }
    let mut lanes = Lanes::default();
    for item in due.items {
        if item.task.is_some_and(|task| lanes.failed.contains(&task.lane())) {
            swept.unserved += 1;
            continue;
        }
        let Err(error) = serve_one(ports, &item, &mut lanes, spare_leases).await else { continue };
        swept.unserved += 1;
        if is_general(ports, &error).await {
            return Err(error);
        }
        match (error, item.task) {
            (PublishError::Store(StoreError::Newer(_)), _) => {
                tracing::debug!(book.id = %item.book, "a due time is left to a newer program");
            }
            (PublishError::Store(error), _) => UNSERVED.failed(&format_args!("{error} (book {})", item.book)),
            (PublishError::Queue(error), task) => {
                UNSERVED.failed(&error);
                lanes.failed.extend(task.map(TaskId::lane));
            }
        }
    }
    if swept.unserved == 0 {
        UNSERVED.ended();
    }
    Ok(swept)
}

/// Returns whether the store or the broker fails for all due times and not for one book or lane alone.
async fn is_general(ports: &Ports, error: &PublishError) -> bool {
    match error {
        PublishError::Store(StoreError::Newer(_) | StoreError::Unreadable { .. }) => false,
        PublishError::Store(_) => ports.store.load().await.is_err(),
        PublishError::Queue(_) => ports.queue.probe().await.is_err(),
    }
}

async fn serve_one(ports: &Ports, item: &TaskRef, lanes: &mut Lanes, spare_leases: bool) -> Result<(), PublishError> {
    let released = match item.task {
        Some(task) => {
            let backlog = lanes.has_messages(ports, task.lane()).await?;
            serve(ports, &item.book, task, Command::Serve { backlog, spare_leases }).await?
        }
        None => expire(ports, &item.book).await?,
    };
    publish(&*ports.queue, &*ports.store, &item.book, &released).await
}

async fn serve(ports: &Ports, book: &BookId, task: TaskId, serve: Command) -> Result<Vec<Released>, StoreError> {
    match ports.store.step(book, task, serve).await? {
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
