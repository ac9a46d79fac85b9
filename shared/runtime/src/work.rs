//! A claimed task, as its handler sees it.

use std::{sync::Arc, time::Duration};

use bindery_context::UnreadableContext;
use bindery_domain::{Digest, Micros, TaskId};
use bindery_ledger::{Checkpoint, Grant, Parking, Part, Request, Task};
use bindery_model::Allowance;
use bindery_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{
    Outcome, TrackRecords, attempt::WrapWriting, checkpoint::Checkpointer, live::LiveProgress,
    retry::retry_until_stopped, text_stream::TextStream,
};

/// A claimed task.
pub struct Work {
    /// The lease, and the book and the task as they were when the task was claimed.
    pub grant: Grant,
    /// What the lease may spend, and has spent.
    pub(crate) allowance: Arc<Allowance>,
    /// The position of this claim in the order of this process's claims; call permits go to the lowest first.
    pub(crate) age: u64,
    pub(crate) live: Arc<LiveProgress>,
    pub(crate) texts: Arc<TextStream>,
    pub(crate) wrap_writing: Option<Arc<dyn WrapWriting>>,
    pub(crate) track_records: Arc<TrackRecords>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) checkpointer: Arc<Checkpointer>,
    /// Stops the work once its lease is over.
    pub(crate) stop: CancellationToken,
}

/// Why work under a lease cannot go on.
#[derive(Debug)]
pub enum Halt {
    /// The lease is over.
    Stopped,
    /// The task has to be parked for a time.
    Park(Duration, Parking),
    /// The task has to be given up, with the reason.
    GiveUp(String),
}

impl From<Halt> for Outcome {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Stopped => Self::Stopped,
            Halt::Park(wait, reason) => Self::Park { wait, reason },
            Halt::GiveUp(reason) => Self::GiveUp(reason),
        }
    }
}

/// How long a task that needs a newer program is parked.
const NEWER_CONTEXT_WAIT: Duration = Duration::from_secs(60);

impl From<UnreadableContext> for Halt {
    fn from(unreadable: UnreadableContext) -> Self {
        let reason = format!("the book's context cannot be read: {unreadable}");
        match unreadable {
            UnreadableContext::Newer(_) => Self::Park(NEWER_CONTEXT_WAIT, Parking::Wait(reason)),
            UnreadableContext::Shape(_) => Self::GiveUp(reason),
        }
    }
}

impl Work {
    /// Returns the task's name.
    pub fn task(&self) -> TaskId {
        self.grant.task.id
    }

    /// Returns a future that tells whether the book was deleted since. It may outlive the work.
    pub fn book_deleted(&self) -> impl Future<Output = bool> + Send + 'static {
        let (store, book) = (self.store.clone(), self.grant.book.id.clone());
        async move { matches!(store.book(&book).await, Ok(None)) }
    }

    /// Returns a part as it was when the task was claimed.
    pub(crate) fn part(&self, number: u16) -> Part {
        self.grant.task.parts.get(&number).cloned().unwrap_or_default()
    }

    /// Has a part saved soon, or with the result. If the lease turns out to be over, the work is stopped.
    pub(crate) fn checkpoint(&self, part: Checkpoint) {
        self.checkpointer.add(part);
    }

    /// Waits until all parts are saved. This comes before each call: nothing is bought while the ledger cannot record what
    /// was bought before.
    pub(crate) async fn flush_checkpoints(&self) {
        self.checkpointer.flush().await;
    }

    /// Reads a text of this book; `None` where the store has lost it or holds other bytes.
    pub async fn text(&self, digest: &Digest) -> Result<Option<String>, Halt> {
        Ok(self.texts(std::slice::from_ref(digest)).await?.pop().flatten())
    }

    /// Reads texts of this book, in the order of their digests.
    pub async fn texts(&self, digests: &[Digest]) -> Result<Vec<Option<String>>, Halt> {
        let read = || self.store.texts(&self.grant.book.id, digests);
        let stored = retry_until_stopped(&self.stop, read).await.ok_or(Halt::Stopped)?;
        let intact = |(text, digest): (Option<String>, &Digest)| text.filter(|text| Digest::of(text) == *digest);
        Ok(stored.into_iter().zip(digests).map(intact).collect())
    }

    /// Reads all tasks of this book.
    pub async fn tasks(&self) -> Result<Vec<Task>, Halt> {
        retry_until_stopped(&self.stop, || self.store.tasks(&self.grant.book.id)).await.ok_or(Halt::Stopped)
    }

    /// Reads this book's request.
    pub async fn request(&self) -> Result<Request, Halt> {
        let request = retry_until_stopped(&self.stop, || self.store.request(&self.grant.book.id)).await;
        request.flatten().ok_or(Halt::Stopped)
    }

    /// Returns what the lease has spent, broken calls included.
    pub(crate) fn spent(&self) -> Micros {
        self.allowance.spent()
    }
}
