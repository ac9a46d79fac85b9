//! Saving the parts of a task while its work goes on.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bindery_ledger::{Answer, Checkpoint, Command};
use bindery_store::Store;
use tokio::{
    sync::{self, Notify},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    crash_point,
    lease::HeldLease,
    retry::retry_until_stopped,
    subject::{Subject, within},
};

/// How long a part waits, unless somebody waits for it, so that it is saved together with others or with the result. A
/// crash in that time loses the part, whose call took hundreds of times as long.
const BATCH_DELAY: Duration = Duration::from_millis(20);

/// Saves the parts of one lease.
pub(crate) struct Checkpointer {
    store: Arc<dyn Store>,
    lease: HeldLease,
    /// Cancelled once the ledger says that the lease is over.
    pub(crate) lease_over: CancellationToken,
    /// Cancelled once the text of a part is saved.
    pub(crate) text_saved: CancellationToken,
    /// Ends the retries of a store that does not answer.
    stop_retrying: CancellationToken,
    /// The parts that were added and are not known to be saved, in their order.
    unsaved: Mutex<Vec<Checkpoint>>,
    added: Notify,
    /// Held while parts are saved, so that they are saved in the order in which they were added.
    saving: sync::Mutex<()>,
}

/// A checkpointer with its background task.
pub(crate) struct RunningCheckpointer {
    checkpointer: Arc<Checkpointer>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Checkpointer {
    /// Makes a checkpointer for a lease.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        lease: HeldLease,
        lease_over: CancellationToken,
        stop_retrying: CancellationToken,
    ) -> Self {
        Self {
            store,
            lease,
            lease_over,
            text_saved: CancellationToken::new(),
            stop_retrying,
            unsaved: Mutex::default(),
            added: Notify::new(),
            saving: sync::Mutex::new(()),
        }
    }

    /// Adds a part to those that are saved soon, or with the result.
    pub(crate) fn add(&self, part: Checkpoint) {
        self.unsaved().push(part);
        self.added.notify_one();
    }

    /// Waits until all added parts are saved. Never returns once the lease is over: the work is then broken off.
    pub(crate) async fn flush(&self) {
        self.save_added().await;
        if self.lease_over.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    /// Starts to save parts in the background.
    pub(crate) fn start(self: &Arc<Self>, subject: Arc<Subject>) -> RunningCheckpointer {
        let (checkpointer, stop) = (self.clone(), CancellationToken::new());
        let run = {
            let stop = stop.clone();
            async move { checkpointer.run(&stop).await }
        };
        RunningCheckpointer { checkpointer: self.clone(), stop, task: tokio::spawn(within(subject, run)) }
    }

    async fn run(&self, stop: &CancellationToken) {
        let next_batch = async || {
            self.added.notified().await;
            tokio::time::sleep(BATCH_DELAY).await;
        };
        while stop.run_until_cancelled(next_batch()).await.is_some() {
            self.save_added().await;
        }
    }

    async fn save_added(&self) {
        let _saving = self.saving.lock().await;
        // The caller may be dropped during the save, so the parts stay in the list until they are saved.
        let parts = self.unsaved().clone();
        if !parts.is_empty() {
            let count = parts.len();
            self.save(parts).await;
            self.unsaved().drain(..count);
        }
    }

    /// Saves parts, or finds that the lease is over. Retries until the store answers.
    pub(crate) async fn save(&self, parts: Vec<Checkpoint>) {
        let texts: Vec<u16> = parts.iter().filter(|part| part.text.is_some()).map(|part| part.number).collect();
        let HeldLease { book, task, fence } = &self.lease;
        let command = Command::Checkpoint { fence: fence.clone(), parts };
        let answer = retry_until_stopped(&self.stop_retrying, || self.store.step(book, *task, command.clone())).await;
        if answer != Some(Answer::Saved) {
            return self.lease_over.cancel();
        }
        if !texts.is_empty() {
            self.text_saved.cancel();
        }
        texts.iter().for_each(|number| crash_point(format_args!("after_part_{number}_of_{task}")));
    }

    fn unsaved(&self) -> MutexGuard<'_, Vec<Checkpoint>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunningCheckpointer {
    /// Stops the background task once the work has ended. Returns the parts that are still to be saved.
    pub(crate) async fn stop(self) -> Vec<Checkpoint> {
        self.stop.cancel();
        self.task.await.expect("saving does not panic");
        std::mem::take(&mut self.checkpointer.unsaved())
    }
}
