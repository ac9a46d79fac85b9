//! Spans of requests, and what the ledger answers for the spans of tasks.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, TaskId};
use bindery_ledger::{Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Task, TrackRecord};
use bindery_store::{
    AccessKey, Due, Durability, Examination, Heartbeat, LiveTexts, Load, Scope, Store, StoreError, Unpublished,
    UnreadableBook, Webhooks,
};

use super::tasks::OpenTasks;
use crate::spans;

/// Puts the answers of the store behind it into the traces of their books.
pub(super) struct TracedStore {
    store: Arc<dyn Store>,
    tasks: Arc<OpenTasks>,
}

impl TracedStore {
    /// Traces a store.
    pub(super) fn new(store: Arc<dyn Store>, tasks: Arc<OpenTasks>) -> Self {
        Self { store, tasks }
    }
}

#[async_trait]
impl Store for TracedStore {
    // A new book keeps the span of its request as the parent of everything that is done for it.
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let span = spans::accept(&request.book_id(), request.trace);
        let request = Request { trace: spans::trace_parent(&span).or(request.trace), ..request.clone() };
        let accepted = self.store.accept(&request, plan).await;
        spans::accepted(&span, accepted.as_ref().ok());
        accepted
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        // The clone shares the texts.
        let answer = self.store.step(book, task, command.clone()).await?;
        self.tasks.answered(&command, &answer);
        Ok(answer)
    }

    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError> {
        self.store.sync(book).await
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        self.store.durability().await
    }

    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        self.store.beat(seen).await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let reopens = matches!(operation, Operation::Reopen { .. });
        let operated = self.store.operate(book, operation).await?;
        if reopens {
            self.tasks.reopened();
        }
        Ok(operated)
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        self.store.due(scope, limit).await
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        self.store.request(book).await
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        self.store.book(book).await
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        self.store.books().await
    }

    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError> {
        self.store.unreadable_books().await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        self.store.open_books().await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        self.store.missing(books).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        self.store.tasks(book).await
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        self.store.texts(book, digests).await
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.store.events(book, after, limit).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
        self.store.unpublished_events(limit).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        self.store.mark_events_published(book, seq).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        self.store.take_leader_lock(name, holder, term).await
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.store.load().await
    }

    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
        self.store.add_to_track_record(model, taken).await
    }

    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError> {
        self.store.track_record(model).await
    }

    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
        self.store.last_events(books).await
    }

    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError> {
        self.store.put_key(key).await
    }

    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        self.store.key(id).await
    }

    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        self.store.keys().await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self.store.webhooks()
    }

    fn live_texts(&self) -> &dyn LiveTexts {
        self.store.live_texts()
    }

    async fn examine(&self) -> Result<Examination, StoreError> {
        self.store.examine().await
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.store.remove_texts(book, limit).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.store.delete(book).await
    }
}
