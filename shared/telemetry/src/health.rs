//! The health of a process: whether its own work goes on, and whether the broker and the store take what it gives them.

mod liveness;

use std::{
    collections::BTreeMap,
    fmt::Display,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use bindery_queue::Queue;
use bindery_store::Store;

pub(super) use self::liveness::Liveness;

/// How long the broker and the store have to answer: less than a probe waits.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers for the health of one process.
#[derive(Default)]
pub struct Health {
    pub(super) liveness: Arc<Liveness>,
    servers: OnceLock<Servers>,
    /// Why the process waits for each server that it has not found yet.
    awaited: Mutex<BTreeMap<&'static str, String>>,
}

/// The servers that the process works with. They are not measured: a probe does not count as work.
#[derive(Clone)]
pub(super) struct Servers {
    pub(super) store: Arc<dyn Store>,
    pub(super) queue: Arc<dyn Queue>,
}

impl Health {
    /// Notes that the process waits for a server, and why.
    pub fn waits_for(&self, server: &'static str, cause: String) {
        self.awaited().insert(server, cause);
    }

    /// Notes that the process has found a server.
    pub fn found(&self, server: &str) {
        self.awaited().remove(server);
    }

    /// Notes that the process has found all its servers.
    pub(super) fn open(&self, servers: Servers) {
        // A process opens its ports once.
        let _first = self.servers.set(servers);
    }

    /// Returns the servers; `None` until all of them are found.
    pub(super) fn servers(&self) -> Option<&Servers> {
        self.servers.get()
    }

    /// Returns what has stopped though it should go on; empty in a healthy process.
    pub(super) fn stalled(&self) -> Vec<String> {
        self.liveness.stalled()
    }

    /// Tries a write at the broker and at the store, and returns what each of them lacks; empty where the process can work.
    pub(super) async fn unready(&self) -> Vec<String> {
        let Some(Servers { store, queue }) = self.servers() else {
            let awaited = self.awaited();
            let waits = awaited.iter().map(|(server, cause)| format!("the process waits for {server}: {cause}"));
            return waits.chain(awaited.is_empty().then(|| "the process is starting".to_owned())).collect();
        };
        let broker = fault("the broker takes no messages", queue.probe());
        let store = fault("the store takes no writes", store.probe());
        let (broker, store) = tokio::join!(broker, store);
        broker.into_iter().chain(store).collect()
    }

    fn awaited(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns why a server does not take a write; `None` where it does.
async fn fault<E: Display>(fault: &str, write: impl Future<Output = Result<(), E>>) -> Option<String> {
    match tokio::time::timeout(PROBE_TIMEOUT, write).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("{fault}: {error}")),
        Err(_) => Some(format!("{fault}: no answer within {} s", PROBE_TIMEOUT.as_secs())),
    }
}
