//! What each step costs: a store and a queue that measure what they pass on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Lane, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Output as Work, Plan, Request, Task,
};
use bindery_protocol::Message;
use bindery_queue::{Consumer, Destination, Queue, QueueError};
use bindery_store::{Due, Load, Scope, Store, StoreError};
use tokio::sync::mpsc::UnboundedSender;

/// Times by step.
#[derive(Default)]
pub(crate) struct Steps {
    times: Mutex<BTreeMap<&'static str, (u32, Duration)>>,
    accepted: Mutex<Option<Instant>>,
    marks: Mutex<Vec<Mark>>,
}

/// Something that was asked of the store: what and of which task, when, and when it was answered.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) what: What,
    pub(crate) task: TaskId,
    pub(crate) asked: Instant,
    pub(crate) answered: Instant,
}

/// What a book's way is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Claim,
    Texts,
    Commit,
}

/// A book that is bound, and since when.
pub(crate) type Bound = (BookId, Instant);

impl Steps {
    async fn time<T>(&self, step: &'static str, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, time) = times.entry(step).or_default();
        *count += 1;
        *time += begun.elapsed();
        done
    }

    /// Takes what was measured so far: how often each step was made, and how long that took in all.
    pub(crate) fn take(&self) -> BTreeMap<&'static str, (u32, Duration)> {
        std::mem::take(&mut self.times.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what was asked of the store so far, in the order of the answers.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        std::mem::take(&mut self.marks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn mark(&self, what: What, task: TaskId, asked: Instant) {
        let mark = Mark { what, task, asked, answered: Instant::now() };
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).push(mark);
    }

    /// Returns when a book was last accepted.
    pub(crate) fn accepted(&self) -> Option<Instant> {
        *self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue whose publishing is measured.
pub(crate) struct TimedQueue {
    pub(crate) inner: Arc<dyn Queue>,
    pub(crate) steps: Arc<Steps>,
}

#[async_trait]
impl Queue for TimedQueue {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        self.steps.time("publish", self.inner.publish(to, message)).await
    }

    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
        self.inner.ask(lane, message, patience).await
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
}

/// A store that is measured, and that tells of books that are bound.
pub(crate) struct TimedStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) steps: Arc<Steps>,
    pub(crate) bound: UnboundedSender<Bound>,
}

fn name(task: TaskId, command: &Command) -> &'static str {
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
        let accepted = self.steps.time("accept", self.inner.accept(request, plan)).await;
        *self.steps.accepted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        accepted
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        let binds = matches!(command, Command::Commit { output: Work::Binding(_), .. });
        let what = match command {
            Command::Claim { .. } => Some(What::Claim),
            Command::Commit { .. } => Some(What::Commit),
            _ => None,
        };
        let asked = Instant::now();
        let answer = self.steps.time(name(task, &command), self.inner.step(book, task, command)).await?;
        if let Some(what) = what {
            self.steps.mark(what, task, asked);
        }
        if binds && matches!(answer, Answer::Committed { .. }) {
            // Nobody listens any more once the measuring is over.
            let _ = self.bound.send((book.clone(), Instant::now()));
        }
        Ok(answer)
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        let asked = Instant::now();
        let texts = self.steps.time("reading texts", self.inner.texts(book, digests)).await;
        // Who asks is a binding: its are the last of a book.
        self.steps.mark(What::Texts, TaskId::Bind, asked);
        texts
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.inner.remove_texts(book, limit).await
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

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<(BookId, u64)>, StoreError> {
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

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        self.inner.examine().await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.inner.delete(book).await
    }
}
