//! The loop of one lane, from its first delivery to its shutdown.

use std::{sync::Arc, time::Duration};

use bindery_domain::Lane;
use bindery_queue::{Consumer, Delivery, Queue};
use bindery_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Handler, SoloLock, TrackRecords, attempt::WrapWriting, live::LiveProgress, retry::consume_until_stopped,
    serve::Server,
};

/// What the loop reads and writes.
#[derive(Clone)]
pub struct Ports {
    /// The store that holds the ledger.
    pub store: Arc<dyn Store>,
    /// The queue that delivers task messages.
    pub queue: Arc<dyn Queue>,
    /// The progress of texts in this process.
    pub live: Arc<LiveProgress>,
    /// What this process has seen of each model.
    pub track_records: Arc<TrackRecords>,
    /// The wrapper around the writing of parts; `None` where nothing observes it.
    pub wrap_writing: Option<Arc<dyn WrapWriting>>,
}

impl Ports {
    /// Makes ports without a wrapper around the writing of parts.
    pub fn new(store: Arc<dyn Store>, queue: Arc<dyn Queue>) -> Self {
        Self { store, queue, live: Arc::default(), track_records: Arc::default(), wrap_writing: None }
    }
}

/// The loop's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of this process in leases.
    pub worker: String,
    /// The lock that all lanes of this process share.
    pub solo_lock: SoloLock,
    /// The time between two renewals of a lease.
    pub renew: Duration,
    /// How long work may go on once the loop is told to stop.
    pub grace: Duration,
    /// How long a delivery is held before its task is parked with the parts it has; `None` where no broker sets a limit.
    pub hold: Option<Duration>,
}

/// How long the ledger has, after the grace, to record outcomes. If the store does not answer in that time, the leases
/// run out; saved parts stay.
const RECORDING_GRACE: Duration = Duration::from_secs(5);

/// How long the store may take at the end to add what was seen of the models.
const RECORDS_GRACE: Duration = Duration::from_secs(1);

/// The signals with which a loop ends, in their order.
#[derive(Clone, Default)]
pub(crate) struct ShutdownSignals {
    /// Tells the loop to claim no more tasks.
    pub(crate) shutdown: CancellationToken,
    /// Tells the loop to break off the work under way.
    pub(crate) grace_over: CancellationToken,
    /// Tells the loop to stop retrying a store that does not answer.
    pub(crate) stop_retrying: CancellationToken,
}

/// Serves one lane until `shutdown`, with at most `slots` deliveries at once. Then it takes no new deliveries, lets work
/// end within the grace, and parks the rest uncharged. It ends even if the store never answers again.
pub async fn run(
    ports: Ports,
    settings: Settings,
    lane: Lane,
    slots: u16,
    handler: Arc<dyn Handler>,
    shutdown: CancellationToken,
) {
    let Some(mut consumer) = consume_until_stopped(&*ports.queue, lane, slots, &shutdown).await else { return };
    let signals = ShutdownSignals { shutdown: shutdown.clone(), ..ShutdownSignals::default() };
    let grace = settings.grace;
    let tracker = TaskTracker::new();
    let (records, store) = (ports.track_records.clone(), ports.store.clone());
    let server = Arc::new(Server::new(ports, settings, handler, signals.clone(), tracker.clone()));
    while let Some(delivery) = next(&mut *consumer, &shutdown).await {
        let server = server.clone();
        let solo = lane == Lane::Solo;
        tracker.spawn(async move { server.serve(delivery, solo).await });
    }
    // The consumer goes first: otherwise each task that ends during the grace would make room for another delivery.
    drop(consumer);
    tracker.close();
    end_work(&tracker, grace, signals).await;
    // A store that does not answer must not keep the process alive for the sake of these figures.
    let _written = tokio::time::timeout(RECORDS_GRACE, records.write(&*store)).await;
}

/// Waits until the work under way has ended: by itself within the grace, or broken off after it.
async fn end_work(tracker: &TaskTracker, grace: Duration, signals: ShutdownSignals) {
    for (time, signal) in [(grace, signals.grace_over), (RECORDING_GRACE, signals.stop_retrying)] {
        if tokio::time::timeout(time, tracker.wait()).await.is_ok() {
            return;
        }
        signal.cancel();
    }
    tracker.wait().await;
}

async fn next(consumer: &mut dyn Consumer, shutdown: &CancellationToken) -> Option<Delivery> {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        delivery = consumer.next() => delivery,
    }
}
