//! Looking around: what no single call tells is asked for every few seconds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bindery_domain::Lane;
use bindery_store::Store;
use tokio_util::sync::CancellationToken;

use super::{Metrics, Monitor, census};

/// Between two looks.
const TICK: Duration = Duration::from_secs(5);

/// Which of the fleet's figures a process looks after, beside its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survey {
    /// Its own alone.
    Own,
    /// The queues and the open books of the whole fleet too.
    Fleet,
}

/// Keeps the figures fresh that somebody must ask for, until told to stop.
pub async fn survey(monitor: Arc<Monitor>, scope: Survey, shutdown: CancellationToken) {
    let mut counted: Option<Instant> = None;
    loop {
        look(&monitor, scope).await;
        if scope == Survey::Fleet && counted.is_none_or(|at| at.elapsed() >= census::TICK) {
            counted = Some(Instant::now());
            if let Err(error) = census::take(&monitor.metrics, &*monitor.store).await {
                tracing::debug!(%error, "the open books could not be counted");
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn look(monitor: &Monitor, scope: Survey) {
    let Monitor { metrics, pulse, store, queue } = monitor;
    connected(metrics, "broker", queue.probe().await.is_ok());
    connected(metrics, "store", holdings(metrics, &**store).await);
    let hungry = pulse.hungry();
    for lane in Lane::ALL {
        let name = lane.to_string();
        let ours = hungry.contains(&name);
        if scope == Survey::Own && !ours {
            continue;
        }
        let Ok(messages) = queue.depth(lane).await else { continue };
        if scope == Survey::Fleet {
            metrics.queue_messages.with_label_values(&[&name]).set(whole(messages));
        }
        if ours {
            pulse.waiting(&name, messages);
        }
    }
}

fn connected(metrics: &Metrics, to: &str, answered: bool) {
    metrics.connected.with_label_values(&[to]).set(answered.into());
}

/// Reads how full the store is; whether it answered.
async fn holdings(metrics: &Metrics, store: &dyn Store) -> bool {
    let Ok(load) = store.load().await else { return false };
    metrics.store_memory.set(load.memory.unwrap_or(0.0));
    true
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
