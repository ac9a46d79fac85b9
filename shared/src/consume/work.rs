//! A claimed task, as its handler sees it.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    book::{context::UnreadableContext, digest::Digest, id::TaskId, money::Micros},
    crash_point,
    ledger::{Answer, Command, Grant, Parking, Part},
    live::Live,
    model::Purse,
    store::{Store, StoreError},
};

/// A claimed task: what is known of it, and where its parts are kept.
pub struct Work {
    /// The lease, the book and the task as they were when it was claimed.
    pub grant: Grant,
    /// What the lease may spend, and has spent.
    pub purse: Arc<Purse>,
    /// The order in which tasks were claimed here: call permits go to the lowest first.
    pub age: u64,
    /// Who is told how far texts have come.
    pub live: Arc<Live>,
    /// Since when its message is held.
    pub(super) delivered: Instant,
    pub(super) store: Arc<dyn Store>,
    pub(super) stop: CancellationToken,
    /// Done once a part was kept under this lease.
    pub(super) progressed: CancellationToken,
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
        (purse, age, delivered): (Arc<Purse>, u64, Instant),
        (store, live): (Arc<dyn Store>, Arc<Live>),
        stop: CancellationToken,
    ) -> Self {
        Self { grant, purse, age, delivered, live, store, stop, progressed: CancellationToken::new() }
    }

    /// Returns the task's name.
    pub fn task(&self) -> TaskId {
        self.grant.task.id
    }

    /// Returns a part as it was last checkpointed.
    pub fn part(&self, number: u16) -> Part {
        self.grant.task.parts.get(&number).cloned().unwrap_or_default()
    }

    /// Keeps a part's text, or the count of its failed tries, and why it was asked for again; repeated until the store
    /// answers.
    pub async fn keep(
        &self,
        number: u16,
        piece: Part,
        text: Option<String>,
        again: Option<&'static str>,
    ) -> Result<(), Halt> {
        let finished = text.is_some();
        let command = Command::Checkpoint { fence: self.grant.fence, part: number, piece, text, again };
        match self.say(command).await? {
            Answer::Kept => {
                if finished {
                    self.progressed.cancel();
                    crash_point(format_args!("after_part_{number}_of_{}", self.task()));
                }
                Ok(())
            }
            _ => {
                self.stop.cancel();
                Err(Halt::Stopped)
            }
        }
    }

    /// Reads a text of this book; none where the store has lost it, or holds other bytes.
    pub async fn text(&self, digest: &Digest) -> Result<Option<String>, Halt> {
        let read = || self.store.text(&self.grant.book.id, digest);
        let stored = patiently(&self.stop, read).await.ok_or(Halt::Stopped)?;
        Ok(stored.filter(|text| Digest::of(text) == *digest))
    }

    /// Reads all tasks of this book.
    pub async fn tasks(&self) -> Result<Vec<crate::ledger::Task>, Halt> {
        patiently(&self.stop, || self.store.tasks(&self.grant.book.id)).await.ok_or(Halt::Stopped)
    }

    /// Reads this book's request.
    pub async fn request(&self) -> Result<crate::book::request::Request, Halt> {
        let request = patiently(&self.stop, || self.store.request(&self.grant.book.id)).await;
        request.flatten().ok_or(Halt::Stopped)
    }

    /// Returns what the lease has spent, broken calls included.
    pub(super) fn spent(&self) -> Micros {
        self.purse.spent()
    }

    pub(super) async fn say(&self, command: Command) -> Result<Answer, Halt> {
        let (book, task) = (&self.grant.book.id, self.task());
        let said = patiently(&self.stop, || self.store.step(book, task, command.clone())).await;
        said.ok_or(Halt::Stopped)
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
