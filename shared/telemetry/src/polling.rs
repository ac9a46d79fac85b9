//! Metrics that no call tells by itself: they are asked for every few seconds.

mod open_books;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bindery_domain::Lane;
use tokio_util::sync::CancellationToken;

use super::{
    Health, Metrics,
    health::{PROBE_TIMEOUT, Servers},
};

/// How long to wait between two polls.
const INTERVAL: Duration = Duration::from_secs(5);

/// The metrics that a process polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollScope {
    /// Those of the process.
    Process,
    /// Those of the process, and the queues and open books of the whole fleet.
    Fleet,
}

/// Keeps polled metrics fresh.
pub struct Poller {
    /// Where the results go.
    pub metrics: Arc<Metrics>,
    /// Which broker and store are asked, and which lanes this process consumes.
    pub health: Arc<Health>,
    /// Which metrics are polled.
    pub scope: PollScope,
}

impl Poller {
    /// Polls until it is told to stop.
    pub async fn run(self, stopping: CancellationToken) {
        let Some(servers) = self.health.servers().cloned() else { return };
        let mut counted: Option<Instant> = None;
        loop {
            self.poll(&servers).await;
            if self.scope == PollScope::Fleet && counted.is_none_or(|at| at.elapsed() >= open_books::INTERVAL) {
                counted = Some(Instant::now());
                if let Err(error) = open_books::poll(&self.metrics, &*servers.store).await {
                    tracing::debug!(%error, "the open books could not be counted");
                }
            }
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    }

    async fn poll(&self, Servers { store, queue }: &Servers) {
        // A server that answers reads may refuse writes: one whose disk is full, or a replica.
        let (broker, written, load) =
            tokio::join!(self.answer(queue.probe()), self.answer(store.probe()), self.answer(store.load()));
        self.set_connected("broker", broker.is_some());
        self.set_connected("store", written.is_some());
        if let Some(load) = load {
            self.metrics.store_memory.set(load.memory.unwrap_or(0.0));
        }
        let liveness = &self.health.liveness;
        let free = liveness.lanes_with_free_slots();
        for lane in Lane::ALL {
            let name = lane.to_string();
            let consumed = free.contains(&name);
            if self.scope == PollScope::Process && !consumed {
                continue;
            }
            let Some(messages) = self.answer(queue.depth(lane)).await else { continue };
            if self.scope == PollScope::Fleet {
                let messages = i64::try_from(messages).unwrap_or(i64::MAX);
                self.metrics.queue_messages.with_label_values(&[&name]).set(messages);
            }
            if consumed {
                liveness.messages_wait(&name, messages);
            }
        }
    }

    /// Waits for a server's answer, and returns `None` where it fails. A server that takes long counts as silent meanwhile.
    async fn answer<T, E>(&self, answer: impl Future<Output = Result<T, E>>) -> Option<T> {
        tokio::pin!(answer);
        loop {
            match tokio::time::timeout(PROBE_TIMEOUT, &mut answer).await {
                Ok(Ok(answer)) => return Some(answer),
                Ok(Err(_)) => {
                    self.health.liveness.server_is_silent();
                    return None;
                }
                Err(_) => self.health.liveness.server_is_silent(),
            }
        }
    }

    fn set_connected(&self, to: &str, written: bool) {
        self.metrics.connected.with_label_values(&[to]).set(written.into());
    }
}
