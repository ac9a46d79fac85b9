//! The texts of a task's sections, on their way to those who listen while the model writes.
//!
//! The writing never waits for this. What the store does not take is sent later or never: the checkpoints have the texts.

mod outgoing;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Grant, section_of};
use bindery_store::{LivePiece, LiveSection, Store};
use tokio::{sync::Notify, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use self::outgoing::Outgoing;

/// The pause between two sends.
const PAUSE: Duration = Duration::from_millis(250);

/// How long the store has to forget the texts of a task that has ended.
const ENDING: Duration = Duration::from_secs(5);

/// The kind of the parts whose texts are sent.
const SECTION: &str = "section";

/// Sends the texts of one lease.
pub(crate) struct TextStream {
    store: Arc<dyn Store>,
    book: BookId,
    task: TaskId,
    lease: u64,
    outgoing: Mutex<Outgoing>,
    begun: Notify,
}

/// A text stream with its background task.
pub(crate) struct RunningTextStream {
    stream: Arc<TextStream>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The text of one section. It is no longer under way once this is dropped.
pub(crate) struct StreamedText {
    stream: Arc<TextStream>,
    section: LiveSection,
}

impl TextStream {
    /// Makes the stream of a lease.
    pub(crate) fn new(store: Arc<dyn Store>, grant: &Grant) -> Self {
        let (book, task, lease) = (grant.book.id.clone(), grant.task.id, grant.fence.number);
        Self { store, book, task, lease, outgoing: Mutex::default(), begun: Notify::new() }
    }

    /// Returns what a part's text is noted in; `None` where it is not the text of a section.
    pub(crate) fn of(self: &Arc<Self>, kind: &str, part: u16) -> Option<StreamedText> {
        let TaskId::Write(chapter) = self.task else { return None };
        let number = section_of(part).filter(|_| kind == SECTION)?;
        Some(StreamedText { stream: self.clone(), section: LiveSection { chapter, number } })
    }

    /// Starts to send in the background.
    pub(crate) fn start(self: &Arc<Self>) -> RunningTextStream {
        let (stream, stop) = (self.clone(), CancellationToken::new());
        let run = {
            let stop = stop.clone();
            async move { _ = stop.run_until_cancelled(stream.run()).await }
        };
        RunningTextStream { stream: self.clone(), stop, task: tokio::spawn(run) }
    }

    async fn run(&self) {
        loop {
            while self.outgoing().is_empty() {
                self.begun.notified().await;
            }
            tokio::time::sleep(PAUSE).await;
            self.send().await;
        }
    }

    /// Sends what is due.
    async fn send(&self) {
        self.end().await;
        let Some(pieces) = self.outgoing().due(Instant::now()) else { return };
        let stored = self.add(&pieces).await;
        if self.outgoing().stored(&pieces, stored.as_deref()) {
            // Somebody has begun to listen.
            let Some(pieces) = self.outgoing().due(Instant::now()) else { return };
            let stored = self.add(&pieces).await;
            self.outgoing().stored(&pieces, stored.as_deref());
        }
    }

    async fn add(&self, pieces: &[LivePiece]) -> Option<Vec<usize>> {
        let added = self.store.live_texts().add(&self.book, pieces).await;
        added.inspect_err(|error| tracing::debug!(%error, "texts under way could not be passed on")).ok().flatten()
    }

    /// Has the store forget the texts that are no longer under way. What it does not forget is gone after a moment.
    async fn end(&self) {
        let ended = self.outgoing().take_ended();
        if !ended.is_empty()
            && let Err(error) = self.store.live_texts().end(&self.book, &ended).await
        {
            tracing::debug!(%error, "texts that are no longer under way stay for a moment");
        }
    }

    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunningTextStream {
    /// Stops the background task once the work has ended, and has the store forget the texts. Nobody waits for that.
    pub(crate) fn stop(self) {
        let Self { stream, stop, task } = self;
        stop.cancel();
        tokio::spawn(async move {
            let end = async {
                // A piece that is on its way to the store must not arrive after the end of its text.
                let _stopped = task.await;
                stream.outgoing().end_all();
                stream.end().await;
            };
            let _ended = tokio::time::timeout(ENDING, end).await;
        });
    }
}

impl StreamedText {
    /// Notes that a call for the section begins, which writes its text from the beginning.
    pub(crate) fn begin(&self, attempt: u32) {
        self.stream.outgoing().begin(self.section, self.stream.lease, attempt);
        self.stream.begun.notify_one();
    }

    /// Notes text that has arrived.
    pub(crate) fn text(&self, piece: &str) {
        self.stream.outgoing().text(self.section, piece);
    }
}

impl Drop for StreamedText {
    fn drop(&mut self) {
        self.stream.outgoing().end(self.section);
        self.stream.begun.notify_one();
    }
}

#[cfg(test)]
mod tests;
