//! A store and a queue that pass everything on and measure how long it takes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Lane, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Output as Work, Plan, Request, Task, TrackRecord,
};
use bindery_protocol::Message;
use bindery_queue::{Consumer, Destination, MessageLimit, Queue, QueueError};
use bindery_store::{
    AccessKey, Due, Durability, Examination, Heartbeat, LiveTexts, Load, Scope, Store, StoreError, Unpublished,
    UnreadableBook, Webhooks,
};
use tokio::sync::mpsc::UnboundedSender;

/// What was measured so far.
#[derive(Default)]
pub(crate) struct Timings {
    costs: Mutex<BTreeMap<&'static str, StepCost>>,
    accepted: Mutex<Option<Instant>>,
    calls: Mutex<Vec<StoreCall>>,
}

/// How often a step was made, and how long that took in all.
#[derive(Clone, Copy, Default)]
pub(crate) struct StepCost {
    pub(crate) count: u32,
    pub(crate) time: Duration,
}

/// A call of the store: its kind and its task, when it was made and when it was answered.
#[derive(Clone, Copy)]
pub(crate) struct StoreCall {
    pub(crate) kind: StoreCallKind,
    pub(crate) task: TaskId,
    pub(crate) made: Instant,
    pub(crate) answered: Instant,
}

/// The calls of the store that a book waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreCallKind {
    Claim,
    Texts,
    Commit,
}

/// A bound book, and when it was bound.
pub(crate) struct BoundBook {
    pub(crate) book: BookId,
    pub(crate) at: Instant,
}

impl Timings {
    async fn time<T>(&self, step: &'static str, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        let mut costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = costs.entry(step).or_default();
        cost.count += 1;
        cost.time += begun.elapsed();
        done
    }

    /// Takes the costs since the last time, by the name of the step.
    pub(crate) fn take_costs(&self) -> BTreeMap<&'static str, StepCost> {
        std::mem::take(&mut self.costs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the store's calls since the last time, in the order of their answers.
    pub(crate) fn take_store_calls(&self) -> Vec<StoreCall> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, kind: StoreCallKind, task: TaskId, made: Instant) {
        let call = StoreCall { kind, task, made, answered: Instant::now() };
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Returns when a book was last accepted.
    pub(crate) fn accepted(&self) -> Option<Instant> {
        *self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue that measures how long publishing takes.
pub(crate) struct TimedQueue {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) timings: Arc<Timings>,
}

#[async_trait]
impl Queue for TimedQueue {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        self.timings.time("publish", self.inner.publish(to, message)).await
    }

    async fn ask(&self, lane: Lane, message: Message, longest_wait: Duration) -> Result<Message, QueueError> {
        self.inner.ask(lane, message, longest_wait).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        self.inner.consume(lane, prefetch).await
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.inner.depth(lane).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        self.inner.probe().await
    }

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        self.inner.message_limit().await
    }
}

/// A store that measures its calls, and sends every book that is bound to a channel.
pub(crate) struct TimedStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) timings: Arc<Timings>,
    pub(crate) bound: UnboundedSender<BoundBook>,
}

fn step_name(task: TaskId, command: &Command) -> &'static str {
    match (task, command) {
        (TaskId::Plan, _) => "plan's commands",
        (TaskId::Bind, _) => "binding's commands",
        (_, Command::Claim { .. }) => "claim",
        (_, Command::Checkpoint { .. }) => "checkpoint",
        (_, Command::Commit { .. }) => "commit",
        (_, Command::Published) => "marking as published",
        _ => "other commands",
    }
}

#[async_trait]
impl Store for TimedStore {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let accepted = self.timings.time("accept", self.inner.accept(request, plan)).await;
        *self.timings.accepted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        accepted
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        let binds = matches!(command, Command::Commit { output: Work::Binding(_), .. });
        let kind = match command {
            Command::Claim { .. } => Some(StoreCallKind::Claim),
            Command::Commit { .. } => Some(StoreCallKind::Commit),
            _ => None,
        };
        let made = Instant::now();
        let answer = self.timings.time(step_name(task, &command), self.inner.step(book, task, command)).await?;
        if let Some(kind) = kind {
            self.timings.note(kind, task, made);
        }
        if binds && matches!(answer, Answer::Committed { .. }) {
            // The receiver is gone once the benchmark is over.
            let _ = self.bound.send(BoundBook { book: book.clone(), at: Instant::now() });
        }
        Ok(answer)
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        let made = Instant::now();
        let texts = self.timings.time("reading texts", self.inner.texts(book, digests)).await;
        // A worker may read texts too; a book's last reading is the one of its binding.
        self.timings.note(StoreCallKind::Texts, TaskId::Bind, made);
        texts
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.inner.remove_texts(book, limit).await
    }

    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError> {
        self.inner.sync(book).await
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        self.inner.durability().await
    }

    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        self.inner.beat(seen).await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        self.inner.operate(book, operation).await
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        self.inner.due(scope, limit).await
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        self.inner.request(book).await
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        self.inner.book(book).await
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        self.inner.books().await
    }

    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError> {
        self.inner.unreadable_books().await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        self.inner.open_books().await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        self.inner.missing(books).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        self.inner.tasks(book).await
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.inner.events(book, after, limit).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
        self.inner.unpublished_events(limit).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        self.inner.mark_events_published(book, seq).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        self.inner.take_leader_lock(name, holder, term).await
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.inner.load().await
    }

    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
        self.inner.add_to_track_record(model, taken).await
    }

    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError> {
        self.inner.track_record(model).await
    }

    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
        self.inner.last_events(books).await
    }

    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError> {
        self.inner.put_key(key).await
    }

    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        self.inner.key(id).await
    }

    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        self.inner.keys().await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self.inner.webhooks()
    }

    fn live_texts(&self) -> &dyn LiveTexts {
        self.inner.live_texts()
    }

    async fn examine(&self) -> Result<Examination, StoreError> {
        self.inner.examine().await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.inner.delete(book).await
    }
}
