//! The ledger's store: what it is asked, and how long it takes. The answers tell how the pipeline does.

mod leases;
mod steps;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Task, TrackRecord, chain,
};
use bindery_store::{
    AccessKey, Due, Durability, Examination, Heartbeat, LiveTexts, Load, Scope, Store, StoreError, Unpublished,
    UnreadableBook, Webhooks,
};

use self::steps::StepMetrics;
use super::webhooks::MeasuredWebhooks;
use crate::{Metrics, health::Liveness};

/// Measures the use of the store behind it.
pub(super) struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    liveness: Arc<Liveness>,
    steps: StepMetrics,
    webhooks: MeasuredWebhooks,
}

impl MeasuredStore {
    /// Measures a store.
    pub(super) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>, liveness: Arc<Liveness>) -> Self {
        let steps = StepMetrics::new(metrics.clone());
        let webhooks = MeasuredWebhooks { store: store.clone(), metrics: metrics.clone() };
        Self { store, metrics, liveness, steps, webhooks }
    }

    async fn timed<T>(
        &self,
        operation: &str,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timed(&self.metrics, operation, answer).await
    }

    /// Measures how long a book took, once its first edition is bound.
    async fn measure_book(&self, book: &BookId) -> Result<(), StoreError> {
        let Some(record) = self.store.book(book).await? else { return Ok(()) };
        let Some(settled) = record.settled_at.filter(|_| record.edition == 1) else { return Ok(()) };
        let took = Duration::from_millis(settled.0.saturating_sub(record.accepted_at.0));
        let chain = chain::length(&chain::slowest(&self.store.tasks(book).await?));
        self.metrics.book_seconds.observe(took.as_secs_f64());
        self.metrics.book_chain_seconds.observe(chain.as_secs_f64());
        Ok(())
    }
}

/// Measures how long the store takes to answer, or counts its failure.
pub(super) async fn timed<T>(
    metrics: &Metrics,
    operation: &str,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let begun = Instant::now();
    let answer = answer.await;
    match &answer {
        Ok(_) => metrics.store_seconds.with_label_values(&[operation]).observe(begun.elapsed().as_secs_f64()),
        Err(_) => metrics.store_errors.with_label_values(&[operation]).inc(),
    }
    answer
}

fn operation(command: &Command) -> &'static str {
    match command {
        Command::Claim { .. } => "claim",
        Command::Renew { .. } => "renew",
        Command::Checkpoint { .. } => "checkpoint",
        Command::Commit { .. } => "commit",
        Command::Park { .. } => "park",
        Command::GiveUp { .. } => "give_up",
        Command::Published => "published",
        Command::Serve { .. } => "serve",
    }
}

#[async_trait]
impl Store for MeasuredStore {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let accepted = self.timed("accept", self.store.accept(request, plan)).await?;
        let outcome = match accepted {
            Accepted::New(_) => "new",
            Accepted::Exists(_) => "repeated",
            Accepted::Conflict => "conflict",
            // It is counted when there is room for it.
            Accepted::Full => return Ok(accepted),
        };
        self.metrics.submissions.with_label_values(&[outcome]).inc();
        Ok(accepted)
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        // The clone shares the texts.
        let answer = self.timed(operation(&command), self.store.step(book, task, command.clone())).await?;
        self.steps.count(book, task, &command, &answer);
        if task == TaskId::Bind
            && matches!(answer, Answer::Committed { .. })
            && let Err(error) = self.measure_book(book).await
        {
            tracing::debug!(%error, "a bound book could not be measured");
        }
        Ok(answer)
    }

    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError> {
        self.timed("sync", self.store.sync(book)).await
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        self.timed("durability", self.store.durability()).await
    }

    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        let heartbeat = self.timed("beat", self.store.beat(seen)).await?;
        if let Some(setback) = seen.and_then(|seen| heartbeat.setback_since(seen)) {
            self.metrics.store_setbacks.with_label_values(&[setback.name()]).inc();
        }
        Ok(heartbeat)
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let operated = self.timed("operate", self.store.operate(book, operation)).await?;
        if let Some(Operated::Expired { dead, .. }) = &operated {
            self.metrics.chapters.with_label_values(&["dead"]).inc_by((*dead).into());
        }
        Ok(operated)
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        let due = self.timed("due", self.store.due(scope, limit)).await?;
        if due.healed > 0 {
            self.metrics.heals.with_label_values(&["index"]).inc_by(due.healed.into());
        }
        Ok(due)
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        self.timed("request", self.store.request(book)).await
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        self.timed("book", self.store.book(book)).await
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        self.timed("books", self.store.books()).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        self.timed("tasks", self.store.tasks(book)).await
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        self.timed("texts", self.store.texts(book, digests)).await
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.timed("events", self.store.events(book, after, limit)).await
    }

    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
        self.timed("last_events", self.store.last_events(books)).await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        self.timed("missing", self.store.missing(books)).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
        self.timed("untold", self.store.unpublished_events(limit)).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        self.timed("told", self.store.mark_events_published(book, seq)).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        // A loop that one process of the fleet runs asks for its lock each time, whether or not it gets it.
        self.liveness.loop_ran(name);
        self.timed("lead", self.store.take_leader_lock(name, holder, term)).await
    }

    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError> {
        self.timed("unreadable_books", self.store.unreadable_books()).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        self.timed("open_books", self.store.open_books()).await
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.timed("load", self.store.load()).await
    }

    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
        self.timed("add_to_track_record", self.store.add_to_track_record(model, taken)).await
    }

    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError> {
        self.timed("track_record", self.store.track_record(model)).await
    }

    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError> {
        self.timed("put_key", self.store.put_key(key)).await
    }

    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        self.timed("key", self.store.key(id)).await
    }

    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        self.timed("keys", self.store.keys()).await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        &self.webhooks
    }

    fn live_texts(&self) -> &dyn LiveTexts {
        self.store.live_texts()
    }

    async fn examine(&self) -> Result<Examination, StoreError> {
        self.timed("examine", self.store.examine()).await
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.timed("shed", self.store.remove_texts(book, limit)).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.timed("delete", self.store.delete(book)).await
    }
}
