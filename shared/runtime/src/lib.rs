//! The loop that serves every lane: it claims, renews, commits, publishes what was released, and settles the delivery.
//!
//! A handler sees a [`Work`] and returns an [`Outcome`]; only the loop touches deliveries and leases.

pub mod attempt;
mod checkpoint;
pub mod compute;
mod crash_point;
pub mod live;
mod publish;
mod serve;
mod solo_lock;
pub mod subject;
mod work;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::{
    crash_point::crash_point,
    publish::{Sent, publish, send},
    solo_lock::SoloLock,
    work::{Halt, Work, patiently},
};
use bindery_domain::Lane;
use bindery_ledger::Parking;
use bindery_protocol::task::TaskMessage;
use bindery_queue::{Consumer, Queue, QueueError};
use bindery_store::Store;

use crate::{attempt::WrapWriting, live::LiveProgress};

/// Does the work of one task kind.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Tells of a task that is about to be claimed, so that what its work will read may be read meanwhile. The claim waits
    /// for what this waits for, and may be refused.
    async fn expect(&self, store: &Arc<dyn Store>, message: &TaskMessage) {
        let _ = (store, message);
    }

    /// Does a task's work. Dropped when the work must stop: whatever was checkpointed stays.
    async fn handle(&self, work: &Work) -> Outcome;
}

/// What a handler made of its task.
#[derive(Debug)]
pub enum Outcome {
    /// The result.
    Done(bindery_ledger::Output),
    /// Not now: the task's own fault in no way.
    Park {
        /// For how long.
        wait: Duration,
        /// Why.
        reason: Parking,
    },
    /// Never: the reason, in words for the book's owner.
    GiveUp(String),
    /// Stored texts of these chapters are missing or wrong.
    Reopen(Vec<u32>),
    /// The lease is over; nothing is to be said.
    Stopped,
}

/// What the loop stands on.
#[derive(Clone)]
pub struct Ports {
    /// Where the ledger lives.
    pub store: Arc<dyn Store>,
    /// What wakes it.
    pub queue: Arc<dyn Queue>,
    /// Who is told how far texts have come.
    pub live: Arc<LiveProgress>,
    /// What is put around the writing of parts; none where nobody looks at it from outside.
    pub wrap_writing: Option<Arc<dyn WrapWriting>>,
}

impl Ports {
    /// Makes ports with nothing around the writing of parts.
    pub fn new(store: Arc<dyn Store>, queue: Arc<dyn Queue>) -> Self {
        Self { store, queue, live: Arc::default(), wrap_writing: None }
    }
}

/// The loop's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This process, as leases name it.
    pub worker: String,
    /// Where all of this process's work is done.
    pub solo_lock: SoloLock,
    /// How often a lease is renewed.
    pub renew: Duration,
    /// How long work may go on once the loop is told to stop.
    pub grace: Duration,
    /// How long a delivery is held; its task is then parked with the parts it has. None where no broker counts.
    pub hold: Option<Duration>,
}

/// How long the ledger has, once the grace is over, to take what was finished and what is parked. A store that does not
/// answer then has seen the last of it: the leases run out, and the parts that are kept are kept.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The steps in which a loop ends.
#[derive(Clone)]
struct Stops {
    /// No new task is claimed.
    shutdown: CancellationToken,
    /// Work under way is broken off.
    drain: CancellationToken,
    /// Nothing more is said to a store that does not answer.
    silence: CancellationToken,
}

/// Serves one lane until `shutdown`, then drains: no new deliveries, work within the grace, the rest parked uncharged.
/// It ends even where the store never answers again.
pub async fn run(
    ports: Ports,
    settings: Settings,
    (lane, slots): (Lane, u16),
    handler: Arc<dyn Handler>,
    shutdown: CancellationToken,
) -> Result<(), QueueError> {
    let mut consumer = ports.queue.consume(lane, slots).await?;
    let stops =
        Stops { shutdown: shutdown.clone(), drain: CancellationToken::new(), silence: CancellationToken::new() };
    let grace = settings.grace;
    let tracker = TaskTracker::new();
    let server = Arc::new(serve::Server::new(ports, settings, handler, (stops.clone(), tracker.clone())));
    while let Some(delivery) = next(&mut *consumer, &shutdown).await {
        let server = server.clone();
        let solo = lane == Lane::Solo;
        tracker.spawn(async move { server.serve(delivery, solo).await });
    }
    // At once, or what is done during the grace would make room for more.
    drop(consumer);
    tracker.close();
    for (time, stop) in [(grace, stops.drain), (LAST_WORDS, stops.silence)] {
        if tokio::time::timeout(time, tracker.wait()).await.is_ok() {
            return Ok(());
        }
        stop.cancel();
    }
    tracker.wait().await;
    Ok(())
}

async fn next(consumer: &mut dyn Consumer, shutdown: &CancellationToken) -> Option<bindery_queue::Delivery> {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        delivery = consumer.next() => delivery,
    }
}
