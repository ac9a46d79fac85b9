//! The store, measured: what the ledger is told and answers says all that there is to know of the pipeline.

mod leases;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Checkpoint, Command, Event, Operated, Operation, Parking, Plan, Request, Task, chain,
};
use bindery_store::{Due, Load, Scope, Store, StoreError};

use self::leases::{Counts, Leases};
use super::{Metrics, pulse::Pulse};

/// Stands before a store and counts what goes by.
pub(super) struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    leases: Mutex<Leases>,
}

impl MeasuredStore {
    /// Measures a store.
    pub(super) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>, pulse: Arc<Pulse>) -> Self {
        Self { store, metrics, pulse, leases: Mutex::default() }
    }

    async fn timed<T>(
        &self,
        operation: &str,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let answer = asked.await;
        match &answer {
            Ok(_) => {
                self.metrics.store_seconds.with_label_values(&[operation]).observe(begun.elapsed().as_secs_f64());
            }
            Err(_) => self.metrics.store_errors.with_label_values(&[operation]).inc(),
        }
        answer
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimed(&self, book: &BookId, task: TaskId, answer: &Answer) {
        let kind = kind(task);
        self.metrics.claims.with_label_values(&[kind, answered(answer)]).inc();
        if matches!(answer, Answer::GivenUp { .. }) {
            self.died(task);
        }
        let Answer::Go(grant) = answer else { return };
        let finished = grant.task.parts.values().filter(|part| part.finished()).count();
        self.metrics.parts_reused.with_label_values(&[kind]).inc_by(finished as u64);
        if self.leases().begin((book.clone(), task, grant.fence), &grant.task.parts) {
            self.metrics.leases_held.with_label_values(&[kind]).inc();
        }
    }

    fn kept(&self, (book, task, fence): (&BookId, TaskId, u64), parts: &[Counted]) {
        let kind = kind(task);
        for Counted { number, counts, again } in parts {
            let change = self.leases().keep(&(book.clone(), task, fence), *number, *counts);
            if let Some(again) = again {
                let counted = [(&self.metrics.tries_failed, change.tries), (&self.metrics.rewrites, change.rewrites)];
                for (counter, by) in counted.into_iter().filter(|(_, by)| *by > 0) {
                    counter.with_label_values(&[kind, again]).inc_by(by.into());
                }
            }
            self.metrics.parts_kept.with_label_values(&[kind]).inc_by(change.finished.into());
            let spent = if again.is_some() { "again" } else { "once" };
            self.metrics.part_seconds.with_label_values(&[kind, spent]).inc_by(change.took.as_secs_f64());
        }
    }

    fn ended(&self, (book, task, fence): (&BookId, TaskId, u64), end: &str) {
        let kind = kind(task);
        let Some(since) = self.leases().end(&(book.clone(), task, fence)) else { return };
        self.metrics.leases.with_label_values(&[kind, end]).inc();
        self.metrics.leases_held.with_label_values(&[kind]).dec();
        self.metrics.lease_seconds.with_label_values(&[kind]).observe(since.elapsed().as_secs_f64());
    }

    fn died(&self, task: TaskId) {
        if task.chapter().is_some() {
            self.metrics.chapters.with_label_values(&["dead"]).inc();
        }
    }

    async fn committed(&self, book: &BookId, task: TaskId) {
        match task {
            TaskId::Plan => {}
            TaskId::Write(_) => self.metrics.chapters.with_label_values(&["done"]).inc(),
            TaskId::Bind => {
                if let Err(error) = self.bound(book).await {
                    tracing::debug!(%error, "a bound book could not be measured");
                }
            }
        }
    }

    async fn bound(&self, book: &BookId) -> Result<(), StoreError> {
        let Some(record) = self.store.book(book).await? else { return Ok(()) };
        let Some(settled) = record.settled_at.filter(|_| record.edition == 1) else { return Ok(()) };
        let took = Duration::from_millis(settled.0.saturating_sub(record.accepted_at.0));
        let chain = chain::length(&chain::slowest(&self.store.tasks(book).await?));
        self.metrics.book_seconds.observe(took.as_secs_f64());
        self.metrics.book_chain_seconds.observe(chain.as_secs_f64());
        Ok(())
    }

    async fn noticed(&self, book: &BookId, task: TaskId, said: Said, answer: &Answer) {
        let end = |fence, end| self.ended((book, task, fence), end);
        match (said, answer) {
            (Said::Claim, _) => self.claimed(book, task, answer),
            // Its last lease ended with nobody there to say so.
            (Said::Serve, Answer::GivenUp { .. }) => self.died(task),
            (Said::Keep(fence, parts), Answer::Saved) => self.kept((book, task, fence), &parts),
            (Said::Commit(fence, parts), Answer::Committed { .. }) => {
                self.kept((book, task, fence), &parts);
                end(fence, "committed");
                self.committed(book, task).await;
            }
            (Said::Commit(fence, _), Answer::Duplicate) => end(fence, "duplicate"),
            (Said::Park(fence, how), Answer::Parked) => end(fence, how),
            (Said::GiveUp(fence), Answer::GivenUp { .. }) => {
                end(fence, "given_up");
                self.died(task);
            }
            (Said::Renew(_), Answer::Keep) => {}
            (
                Said::Renew(fence)
                | Said::Keep(fence, _)
                | Said::Commit(fence, _)
                | Said::Park(fence, _)
                | Said::GiveUp(fence),
                _,
            ) => end(fence, "lost"),
            (Said::Serve, Answer::Publish { heal: Some(reason), .. }) => {
                self.metrics.heals.with_label_values(&[reason]).inc();
            }
            (Said::Serve | Said::Published, _) => {}
        }
    }
}

/// What of a command is measured: its texts go to the store and are not copied.
enum Said {
    Claim,
    Renew(u64),
    Keep(u64, Vec<Counted>),
    Commit(u64, Vec<Counted>),
    Park(u64, &'static str),
    GiveUp(u64),
    Published,
    Serve,
}

/// What of a part is measured.
struct Counted {
    number: u16,
    counts: Counts,
    again: Option<&'static str>,
}

impl From<&Checkpoint> for Counted {
    fn from(kept: &Checkpoint) -> Self {
        Self { number: kept.number, counts: Counts::from(&kept.part), again: kept.again }
    }
}

impl From<&Command> for Said {
    fn from(command: &Command) -> Self {
        match command {
            Command::Claim { .. } => Self::Claim,
            Command::Renew { fence } => Self::Renew(*fence),
            Command::Checkpoint { fence, parts } => Self::Keep(*fence, parts.iter().map(Counted::from).collect()),
            Command::Commit { fence, parts, .. } => Self::Commit(*fence, parts.iter().map(Counted::from).collect()),
            Command::Park { fence, reason: Parking::Drain, .. } => Self::Park(*fence, "drained"),
            Command::Park { fence, .. } => Self::Park(*fence, "parked"),
            Command::GiveUp { fence, .. } => Self::GiveUp(*fence),
            Command::Published => Self::Published,
            Command::Serve { .. } => Self::Serve,
        }
    }
}

impl Said {
    fn operation(&self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Renew(_) => "renew",
            Self::Keep(..) => "checkpoint",
            Self::Commit(..) => "commit",
            Self::Park(..) => "park",
            Self::GiveUp(_) => "give_up",
            Self::Published => "published",
            Self::Serve => "serve",
        }
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
        };
        self.metrics.submissions.with_label_values(&[outcome]).inc();
        Ok(accepted)
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        let said = Said::from(&command);
        let answer = self.timed(said.operation(), self.store.step(book, task, command)).await?;
        self.noticed(book, task, said, &answer).await;
        Ok(answer)
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

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        self.timed("missing", self.store.missing(books)).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<(BookId, u64)>, StoreError> {
        self.timed("untold", self.store.unpublished_events(limit)).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        self.timed("told", self.store.mark_events_published(book, seq)).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        // Each holder of a post, and whoever would be, asks for it at every turn.
        self.pulse.turned(name);
        self.timed("lead", self.store.take_leader_lock(name, holder, term)).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        self.timed("open_books", self.store.open_books()).await
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.timed("load", self.store.load()).await
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        self.timed("examine", self.store.examine()).await
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.timed("shed", self.store.remove_texts(book, limit)).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.timed("delete", self.store.delete(book)).await
    }
}

/// Returns a task's kind as a label: a chapter's number would be one label for each.
pub(super) fn kind(task: TaskId) -> &'static str {
    match task {
        TaskId::Plan => "plan",
        TaskId::Write(_) => "write",
        TaskId::Bind => "bind",
    }
}

/// Returns the answer to a claim as a label.
pub(super) fn answered(answer: &Answer) -> &'static str {
    match answer {
        Answer::Go(_) => "go",
        Answer::Done { .. } => "done",
        Answer::Busy => "busy",
        Answer::Waiting => "waiting",
        Answer::NotYet => "not_yet",
        Answer::Solo(_) => "solo",
        Answer::Held => "held",
        Answer::GivenUp { .. } => "given_up",
        Answer::Newer { .. } => "newer",
        _ => "closed",
    }
}
