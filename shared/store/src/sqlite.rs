//! The embedded store: one SQLite file, which several processes may use.
//!
//! All statements run on one thread. Commands that wait while a transaction commits share the next transaction. A disk
//! that syncs slowly thus costs one sync per group and not one per command.

mod apply;
mod live_texts;
mod read;
mod schema;
mod thread;
mod webhooks;

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Moment, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Rules, Snapshot, StoredBook, Task,
    Texts, TrackRecord,
};
use rusqlite::Connection;

use self::{live_texts::Listened, thread::Thread};
use super::{
    AccessKey, Clock, Due, Durability, Examination, Heartbeat, LiveTexts, Load, Scope, Store, StoreError, Unpublished,
    UnreadableBook, Webhooks,
};

pub(super) struct Sqlite {
    thread: Thread,
    rules: Rules,
    clock: Clock,
    listened: Listened,
}

impl Sqlite {
    pub(super) async fn open(path: PathBuf, rules: Rules, clock: Clock) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let thread = Thread::start(move || schema::open(&path)).await;
        let thread = thread.map_err(|cause| StoreError::Unusable { place, cause: cause.to_string() })?;
        Ok(Self { thread, rules, clock, listened: Listened::default() })
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.thread.run(job).await
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let (rules, clock, request, plan) = (self.rules, self.clock.clone(), request.clone(), plan.cloned());
        self.run(move |db| {
            let id = request.book_id();
            let stored = match read::book(db, &id)? {
                Some(book) => Some(StoredBook { tasks: read::tasks(db, &id)?, book }),
                None if is_full(db, rules.max_open_books)? => return Ok(Accepted::Full),
                None => None,
            };
            let (accepted, writes) = bindery_ledger::accept(&rules, clock.now(), &request, plan.as_ref(), stored);
            apply::writes(db, &id, writes)?;
            Ok(accepted)
        })
        .await
    }

    /// Waits for nothing: each transaction is on disk when it ends.
    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError> {
        Ok(self.book(book).await?.map(|_| Durability::Disk))
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        Ok(Durability::Disk)
    }

    /// Tells nothing: a file does not go back in time under the process that has it open.
    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        let count = seen.and_then(|seen| seen.counts.first()).map_or(1, |count| count + 1);
        Ok(Heartbeat { store: String::new(), counts: vec![count], masters: String::new(), lost_at: None })
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        let (rules, clock, id) = (self.rules, self.clock.clone(), book.clone());
        self.run(move |db| {
            let book = match read::book(db, &id) {
                Ok(Some(book)) => book,
                Ok(None) => return Ok(Answer::Closed),
                Err(StoreError::Newer(version)) => return Ok(Answer::Newer { version }),
                Err(error) => return Err(error),
            };
            let Some(record) = read::task(db, &id, task)? else { return Ok(Answer::Closed) };
            let now = clock.now();
            let alone = Snapshot { now, book, task: record, others: None };
            let decided = match bindery_ledger::step(&rules, alone.clone(), command.clone()) {
                Some(decided) => decided,
                None => {
                    let others = Some(read::others(db, &alone.book, &alone.task, &rules)?);
                    let decided = bindery_ledger::step(&rules, Snapshot { others, ..alone }, command);
                    decided.expect("a step that knows the other tasks decides")
                }
            };
            let (answer, writes) = decided;
            apply::writes(db, &id, writes)?;
            Ok(answer)
        })
        .await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let (rules, clock, id) = (self.rules, self.clock.clone(), book.clone());
        self.run(move |db| {
            let Some(book) = read::book(db, &id)? else { return Ok(None) };
            let stored = StoredBook { tasks: read::tasks(db, &id)?, book };
            let (operated, writes) = bindery_ledger::operate(&rules, clock.now(), stored, operation);
            apply::writes(db, &id, writes)?;
            Ok(Some(operated))
        })
        .await
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        let (scope, now) = (scope.clone(), self.clock.now());
        self.run(move |db| read::due(db, &scope, now, limit)).await
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        let id = book.clone();
        self.run(move |db| read::request(db, &id)).await
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        let id = book.clone();
        self.run(move |db| read::book(db, &id)).await
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        self.run(read::books).await
    }

    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError> {
        self.run(read::unreadable_books).await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        let books = books.to_vec();
        self.run(move |db| {
            let missing = |task: &&Task| task.id.chapter().is_some() && task.standing.missing();
            let of_book = |book| Ok(read::tasks(db, book)?.iter().filter(missing).count() as u64);
            books.iter().map(of_book).sum()
        })
        .await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        let id = book.clone();
        self.run(move |db| read::tasks(db, &id)).await
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        let (id, digests) = (book.clone(), digests.to_vec());
        self.run(move |db| digests.iter().map(|digest| read::text(db, &id, digest)).collect()).await
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let id = book.clone();
        self.run(move |db| read::events(db, &id, after, limit)).await
    }

    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
        let books = books.to_vec();
        self.run(move |db| books.iter().map(|book| read::last_event(db, book)).collect()).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
        self.run(move |db| read::unpublished_events(db, limit)).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        let id = book.clone();
        self.run(move |db| apply::mark_events_published(db, &id, seq)).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        let (name, holder, now) = (name.to_owned(), holder.to_owned(), self.clock.now());
        self.run(move |db| apply::take_leader_lock(db, &name, &holder, now, now + term)).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        self.run(read::open_books).await
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.run(read::load).await
    }

    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
        let (model, taken) = (model.to_owned(), taken.clone());
        self.run(move |db| {
            let mut record = read::track_record(db, &model)?;
            record.add(&taken);
            apply::track_record(db, &model, &record)
        })
        .await
    }

    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError> {
        let model = model.to_owned();
        self.run(move |db| read::track_record(db, &model)).await
    }

    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.run(move |db| apply::key(db, &key)).await
    }

    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        let id = id.to_owned();
        self.run(move |db| read::key(db, &id)).await
    }

    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        self.run(read::keys).await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self
    }

    fn live_texts(&self) -> &dyn LiveTexts {
        self
    }

    async fn examine(&self) -> Result<Examination, StoreError> {
        Ok(Examination { faults: self.run(read::faults).await?, unknown: Vec::new() })
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        let id = book.clone();
        self.run(move |db| match read::book(db, &id)? {
            Some(Book { texts: Texts::Leaving(_), .. }) => apply::shed(db, &id, limit),
            _ => Ok(false),
        })
        .await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        let id = book.clone();
        self.run(move |db| apply::delete(db, &id)).await
    }
}

/// Returns whether so many books are open that no new one may be.
fn is_full(db: &Connection, limit: Option<u64>) -> Result<bool, StoreError> {
    Ok(match limit {
        Some(limit) => read::load(db)?.open_books >= limit,
        None => false,
    })
}

impl Clock {
    fn now(&self) -> Moment {
        match self {
            Self::Own => crate::now(),
            Self::Given(tell) => tell(),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
