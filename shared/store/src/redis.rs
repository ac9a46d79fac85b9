//! The fleet's store: a Redis that all processes share.
//!
//! A round of steps is read by one script, decided here, and applied by another that checks that nothing has changed
//! meanwhile; where something has, it is read and decided again. All keys of a book share a hash tag. Indexes across books are
//! hints, never truth: they only say at which books to look.

mod address;
mod apply;
mod connect;
mod decide;
mod due;
mod heal;
mod hints;
mod keys;
mod leases;
mod link;
mod packed;
mod read;
mod replica;
mod rounds;
mod scripts;
mod shed;
mod survey;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Moment, ServiceUrl, TaskId};
use bindery_ledger::{Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Rules, Task};
use futures_util::future;
use tokio::sync::Mutex;

use self::{
    address::Address,
    connect::{Call, Connections},
    decide::{Decided, Desk, Guard, ROUNDS, contended, give_way},
    heal::Healer,
    keys::Keys,
    packed::Packed,
    rounds::Rounds,
    survey::Survey,
};
use super::{Access, Clock, Due, Load, Scope, Store, StoreError, record};

/// How often the indexes across books are made good.
const HEALING: Duration = Duration::from_secs(60);

/// How many texts of a deleted book are removed in one round trip.
const PAGE: usize = 500;

pub(super) struct Redis {
    desk: Arc<Desk>,
    rounds: Arc<Rounds>,
    healing: Duration,
    healer: Mutex<Healer>,
}

/// Says what is wrong with an address; none where it can be tried.
pub(super) fn flaw(url: &ServiceUrl) -> Option<String> {
    Address::parse(url.expose()).err().map(|flaw| flaw.to_string())
}

impl Redis {
    pub(super) async fn connect(access: &Access, rules: Rules, clock: Clock) -> Result<Self, StoreError> {
        let connections = Connections::new(access)?;
        let survey = Survey::take(&connections).await.map_err(|error| match error {
            StoreError::Failed(cause) => access.unusable(cause),
            other => other,
        })?;
        if let Some(cause) = survey.evicts() {
            return Err(access.unusable(cause));
        }
        let desk = Arc::new(Desk::new(connections, rules, clock));
        let rounds = Arc::new(Rounds::new(desk.clone()));
        Ok(Self { desk, rounds, healing: HEALING, healer: Mutex::new(Healer::new()) })
    }

    /// Makes the indexes across books good, a piece at a time and all of them once in a while; returns how many entries
    /// were wrong.
    async fn heal(&self) -> Result<u32, StoreError> {
        let Ok(mut healer) = self.healer.try_lock() else { return Ok(0) };
        healer.go_on(&self.desk.connections, self.healing).await
    }

    async fn field(&self, key: String, field: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(key).arg(field);
        self.desk.connections.query::<(Option<Vec<u8>>,)>(&ask).await.map(|(value,)| value)
    }
}

#[async_trait]
impl Store for Redis {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let (id, keys) = (request.book_id(), Keys::of(&request.book_id()));
        let _turn = self.desk.turn(&id).await;
        let mut connection = self.desk.connections.get().await?;
        for round in 0..ROUNDS {
            give_way(round).await;
            let (now, stored, mut versions) = read::whole(&mut connection, &keys).await?;
            let before = stored.as_ref().map(|(book, _)| book.clone());
            let (accepted, writes) =
                bindery_ledger::accept(&self.desk.rules, self.desk.clock.at(now), (request, plan), stored);
            let decided = Decided { id: &id, versions: &mut versions, before: before.as_ref(), guard: Guard::Changes };
            if self.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await? {
                replica::wait(&mut connection, &keys).await?;
                drop(connection);
                if before.is_some() {
                    // Whoever took the request in before may have died, or a master been lost, before its hints were kept.
                    heal::heal(&self.desk.connections, &[id]).await?;
                }
                return Ok(accepted);
            }
        }
        Err(contended())
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        self.rounds.step(book, task, command).await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let keys = Keys::of(book);
        let _turn = self.desk.turn(book).await;
        let mut connection = self.desk.connections.get().await?;
        for round in 0..ROUNDS {
            give_way(round).await;
            let (now, stored, mut versions) = read::whole(&mut connection, &keys).await?;
            let Some(stored) = stored else { return Ok(None) };
            let before = stored.0.clone();
            let (operated, writes) =
                bindery_ledger::operate(&self.desk.rules, self.desk.clock.at(now), stored, operation.clone());
            let decided = Decided { id: book, versions: &mut versions, before: Some(&before), guard: Guard::Changes };
            if self.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await? {
                return Ok(Some(operated));
            }
        }
        Err(contended())
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        match scope {
            Scope::All => {
                let healed = self.heal().await?;
                let due = due::of_all(&self.desk.connections, &self.desk.clock, limit).await?;
                Ok(Due { healed, ..due })
            }
            Scope::Book(book) => due::of_book(&self.desk.connections, &self.desk.clock, book, limit).await,
        }
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        let Some(packed) = self.field(Keys::of(book).book(), "request").await? else { return Ok(None) };
        let json = packed::unpack(&packed)
            .map_err(|error| StoreError::Unreadable { what: "request", cause: error.to_string() })?;
        record::decode("request", &json).map(Some)
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(Keys::of(book).book()).arg("record");
        let (record,): (Option<String>,) = self.desk.connections.query(&ask).await?;
        record.map(|record| record::book(&record)).transpose()
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        hints::books(&self.desk.connections).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        hints::open_books(&self.desk.connections).await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        hints::missing(&self.desk.connections, books).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HVALS").arg(Keys::of(book).tasks());
        let (records,): (Vec<String>,) = self.desk.connections.query(&ask).await?;
        read::sorted(&records)
    }

    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let keys = Keys::of(book);
        let mut ask = redis::pipe();
        for digest in digests {
            ask.cmd("GET").arg(keys.text(digest));
        }
        let packed: Vec<Option<Vec<u8>>> = self.desk.connections.query(&ask).await?;
        Ok(packed::unpack_all(packed).await)
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("XRANGE").arg(Keys::of(book).events());
        ask.arg(format!("{}-0", after.saturating_add(1))).arg("+").arg("COUNT").arg(limit);
        let (rows,): (Vec<(String, Vec<String>)>,) = self.desk.connections.query(&ask).await?;
        rows.iter().map(|(id, fields)| read::event(id, fields)).collect()
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<(BookId, u64)>, StoreError> {
        hints::untold(&self.desk.connections, limit).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        hints::told(&self.desk.connections, book, seq).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        let now = match &self.desk.clock {
            Clock::Own => String::new(),
            Clock::Given(tell) => tell().0.to_string(),
        };
        let args = [holder.to_owned(), term.as_millis().to_string(), now].map(String::into_bytes).to_vec();
        let call = Call { script: &scripts::LEAD, keys: vec![keys::leader_lock(name)], args };
        Ok(self.desk.connections.script::<u8>(&call).await? == 1)
    }

    async fn load(&self) -> Result<Load, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("SCARD").arg(keys::OPEN);
        let counted = self.desk.connections.query::<(u64,)>(&ask);
        let ((open_books,), memory) = future::try_join(counted, survey::fullest(&self.desk.connections)).await?;
        Ok(Load { open_books, memory })
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        Ok(Survey::take(&self.desk.connections).await?.faults())
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        shed::shed(&self.desk.connections, book, limit).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        let _turn = self.desk.turn(book).await;
        let mut keys = Keys::of(book).all();
        let texts = keys.pop().expect("a book has keys");
        let mut remove = redis::pipe();
        remove.atomic().cmd("UNLINK").arg(&keys[0]).cmd("UNLINK").arg(&keys[1..]).ignore();
        remove.cmd("SMEMBERS").arg(&texts);
        let (existed, names): (u8, Vec<String>) = self.desk.connections.query(&remove).await?;
        // The names go last: what a crash leaves behind is removed by asking again.
        for page in names.chunks(PAGE) {
            let page: Vec<String> = page.iter().map(|name| Keys::of(book).text_named(name)).collect();
            self.desk.connections.each::<()>(&[redis::cmd("UNLINK").arg(page).to_owned()]).await?;
        }
        self.desk.connections.each::<()>(&[redis::cmd("UNLINK").arg(&texts).to_owned()]).await?;
        self.desk.connections.query::<()>(&hints::forget(book)).await?;
        Ok(existed == 1)
    }
}

impl Clock {
    /// Tells the time of a decision, given the server's.
    fn at(&self, server: Moment) -> Moment {
        match self {
            Self::Own => server,
            Self::Given(tell) => tell(),
        }
    }
}
