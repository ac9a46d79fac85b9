//! A claimed task, as its handler sees it.

use std::{sync::Arc, time::Duration};

use bindery_context::UnreadableContext;
use bindery_domain::{Digest, Micros, TaskId};
use bindery_ledger::{Checkpoint, Grant, Parking, Part};
use bindery_model::Allowance;
use bindery_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use super::{attempt::WrapWriting, checkpoint::Checkpointer};
use crate::live::LiveProgress;

/// A claimed task: what is known of it, and where its parts are kept.
pub struct Work {
    /// The lease, the book and the task as they were when it was claimed.
    pub grant: Grant,
    /// What the lease may spend, and has spent.
    pub allowance: Arc<Allowance>,
    /// The order in which tasks were claimed here: call permits go to the lowest first.
    pub age: u64,
    /// Who is told how far texts have come.
    pub live: Arc<LiveProgress>,
    /// What is put around the writing of its parts.
    pub(crate) wrap_writing: Option<Arc<dyn WrapWriting>>,
    pub(super) store: Arc<dyn Store>,
    checkpointer: Arc<Checkpointer>,
    pub(super) stop: CancellationToken,
}

/// Why work under a lease cannot go on.
#[derive(Debug)]
pub enum Halt {
    /// The lease is over.
    Stopped,
    /// It is to be put aside.
    Park(Duration, Parking),
    /// It is to be given up, with the reason.
    GiveUp(String),
}

impl From<Halt> for super::Outcome {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Stopped => Self::Stopped,
            Halt::Park(wait, reason) => Self::Park { wait, reason },
            Halt::GiveUp(reason) => Self::GiveUp(reason),
        }
    }
}

/// How long a task that needs a newer program is put aside.
const LEFT: Duration = Duration::from_secs(60);

impl From<UnreadableContext> for Halt {
    fn from(unreadable: UnreadableContext) -> Self {
        let reason = format!("the book's context cannot be read: {unreadable}");
        match unreadable {
            UnreadableContext::Newer(_) => Self::Park(LEFT, Parking::Wait(reason)),
            UnreadableContext::Shape(_) => Self::GiveUp(reason),
        }
    }
}

impl Work {
    pub(super) fn new(
        grant: Grant,
        (allowance, age): (Arc<Allowance>, u64),
        (store, live): (Arc<dyn Store>, Arc<LiveProgress>),
        (checkpointer, wrap_writing): (Arc<Checkpointer>, Option<Arc<dyn WrapWriting>>),
        stop: CancellationToken,
    ) -> Self {
        Self { grant, allowance, age, live, wrap_writing, store, checkpointer, stop }
    }

    /// Returns the task's name.
    pub fn task(&self) -> TaskId {
        self.grant.task.id
    }

    /// Returns a part as it was last checkpointed.
    pub fn part(&self, number: u16) -> Part {
        self.grant.task.parts.get(&number).cloned().unwrap_or_default()
    }

    /// Has a part kept as it is now, soon or with the result. Where the lease turns out to be over, the work is stopped.
    pub fn keep(&self, part: Checkpoint) {
        self.checkpointer.add(part);
    }

    /// Waits until all parts are kept as they were handed in, as before each call: nothing is paid for while what was paid
    /// for cannot be kept.
    pub async fn kept(&self) {
        self.checkpointer.kept().await;
    }

    /// Reads a text of this book; none where the store has lost it, or holds other bytes.
    pub async fn text(&self, digest: &Digest) -> Result<Option<String>, Halt> {
        Ok(self.texts(std::slice::from_ref(digest)).await?.pop().flatten())
    }

    /// Reads texts of this book, in the order of their digests.
    pub async fn texts(&self, digests: &[Digest]) -> Result<Vec<Option<String>>, Halt> {
        let read = || self.store.texts(&self.grant.book.id, digests);
        let stored = patiently(&self.stop, read).await.ok_or(Halt::Stopped)?;
        let proven = |(text, digest): (Option<String>, &Digest)| text.filter(|text| Digest::of(text) == *digest);
        Ok(stored.into_iter().zip(digests).map(proven).collect())
    }

    /// Reads all tasks of this book.
    pub async fn tasks(&self) -> Result<Vec<bindery_ledger::Task>, Halt> {
        patiently(&self.stop, || self.store.tasks(&self.grant.book.id)).await.ok_or(Halt::Stopped)
    }

    /// Reads this book's request.
    pub async fn request(&self) -> Result<bindery_ledger::Request, Halt> {
        let request = patiently(&self.stop, || self.store.request(&self.grant.book.id)).await;
        request.flatten().ok_or(Halt::Stopped)
    }

    /// Returns what the lease has spent, broken calls included.
    pub(super) fn spent(&self) -> Micros {
        self.allowance.spent()
    }
}

/// The pause between two tries of a store that fails.
const PAUSE: Duration = Duration::from_millis(500);

/// Repeats what the store failed to do until it succeeds; none when told to stop. Finished work waits for the store.
pub async fn patiently<T, F>(stop: &CancellationToken, mut run: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    loop {
        match run().await {
            Ok(done) => return Some(done),
            Err(error) => tracing::warn!(%error, "the store failed; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
