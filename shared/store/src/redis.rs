//! The fleet's store: a Redis server that all processes share.
//!
//! One script reads the records, this module decides, and a second script applies the decision if the records still have the
//! same versions. If a record has changed, it is read again and the decision is made again. Commands of one book that wait at
//! the same time are decided as a group. All keys of a book share a hash tag.
//!
//! The indexes across books are hints: they only say which books to look at. The books themselves are the truth.

mod access_key;
mod address;
mod apply;
mod connect;
mod due;
mod group_commit;
mod heal;
mod heartbeat;
mod hints;
mod keys;
mod link;
mod live_texts;
mod packed;
mod read;
mod scripts;
mod shed;
mod survey;
mod sync;
mod track_record;
mod webhooks;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Moment, ServiceUrl, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Rules, Task, TrackRecord, Writes,
};
use futures_util::future;
use tokio::sync::Mutex;

use self::{
    address::Address,
    apply::{Decided, apply},
    connect::{Connection, Connections},
    group_commit::GroupCommit,
    heal::Healer,
    keys::Keys,
    read::Whole,
    scripts::Call,
    survey::Survey,
    sync::Refusals,
};
use super::{
    Access, AccessKey, Clock, Due, Durability, Examination, Heartbeat, LiveTexts, Load, Scope, Store, StoreError,
    Unpublished, UnreadableBook, Webhooks, record,
};

/// How often the indexes across books are checked against the books and corrected.
const HEALING: Duration = Duration::from_secs(60);

/// How many texts of a deleted book are removed in one round trip.
const PAGE: usize = 500;

/// How often a decision is made again because a record has changed. Each time, another decision has been applied.
const MAX_CAS_ATTEMPTS: u32 = 200;

/// The longest pause before a decision that was overtaken by another is made a third time or later.
const CAS_PAUSE: Duration = Duration::from_millis(10);

pub(super) struct Redis {
    servers: Arc<Servers>,
    groups: Arc<GroupCommit>,
    healing: Duration,
    healer: Mutex<Healer>,
    refusals: Refusals,
}

/// The rules and the clock that decisions are made with.
struct Servers {
    connections: Connections,
    rules: Rules,
    clock: Clock,
}

/// Returns what is wrong with an address; `None` where the address is well formed.
pub(super) fn flaw(url: &ServiceUrl) -> Option<String> {
    Address::parse(url.expose()).err().map(|flaw| flaw.to_string())
}

impl Redis {
    pub(super) async fn connect(access: &Access, rules: Rules, clock: Clock) -> Result<Self, StoreError> {
        let connections = Connections::new(access)?;
        let survey = Survey::take(&connections).await.map_err(|error| match error {
            StoreError::Failed(cause) => StoreError::Unreachable { place: access.url.to_string(), cause },
            refused @ StoreError::LoginRefused(_) => access.unusable(refused.to_string()),
            other => other,
        })?;
        if let Some(cause) = survey.evicts() {
            return Err(access.unusable(cause));
        }
        let servers = Arc::new(Servers { connections, rules, clock });
        let groups = Arc::new(GroupCommit::new(servers.clone()));
        let healer = Mutex::new(Healer::new());
        Ok(Self { servers, groups, healing: HEALING, healer, refusals: Refusals::none() })
    }

    /// Corrects a part of the indexes across books, so that all of them are checked once in each interval. Returns how many
    /// entries were wrong.
    async fn heal(&self) -> Result<u32, StoreError> {
        let Ok(mut healer) = self.healer.try_lock() else { return Ok(0) };
        healer.go_on(&self.servers.connections, self.healing).await
    }

    /// Names a new book as open if there is room for it.
    async fn reserve(&self, connection: &mut Connection, writes: &Writes) -> Result<bool, StoreError> {
        match (self.servers.rules.max_open_books, &writes.book) {
            (Some(limit), Some(book)) => hints::reserve(connection, book, limit).await,
            _ => Ok(true),
        }
    }

    async fn field(&self, key: String, field: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(key).arg(field);
        self.servers.connections.query::<(Option<Vec<u8>>,)>(&ask).await.map(|(value,)| value)
    }

    async fn unlink_texts(&self, book: &BookId, names: &[String]) -> Result<(), StoreError> {
        for page in names.chunks(PAGE) {
            let page: Vec<String> = page.iter().map(|name| Keys::of(book).text_named(name)).collect();
            self.servers.connections.each::<()>(&[redis::cmd("UNLINK").arg(page).to_owned()]).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Redis {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let (id, keys) = (request.book_id(), Keys::of(&request.book_id()));
        let mut connection = self.servers.connections.get().await?;
        for attempt in 0..MAX_CAS_ATTEMPTS {
            pause_before(attempt).await;
            let Whole { now, stored, versions } = read::whole(&mut connection, &keys).await?;
            let before = stored.as_ref().map(|stored| stored.book.clone());
            let (accepted, writes) =
                bindery_ledger::accept(&self.servers.rules, self.servers.clock.at(now), request, plan, stored);
            let decided = Decided { book: &id, before: before.as_ref(), versions: &versions, writes: &writes };
            if matches!(accepted, Accepted::New(_)) && !self.reserve(&mut connection, &writes).await? {
                return Ok(Accepted::Full);
            }
            if apply(&mut connection, &decided).await? {
                drop(connection);
                if before.is_some() {
                    // The process that first accepted the request, or a master, may have died before the hints were stored.
                    heal::heal(&self.servers.connections, &[id]).await?;
                }
                return Ok(accepted);
            }
        }
        Err(contended("the book"))
    }

    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError> {
        sync::sync(&self.servers.connections, &self.refusals, &Keys::of(book)).await
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        sync::durability(&self.servers.connections).await
    }

    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        heartbeat::beat(&self.servers.connections, seen, self.servers.clock.at(crate::now())).await
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        self.groups.step(book, task, command).await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let keys = Keys::of(book);
        let mut connection = self.servers.connections.get().await?;
        for attempt in 0..MAX_CAS_ATTEMPTS {
            pause_before(attempt).await;
            let Whole { now, stored, versions } = read::whole(&mut connection, &keys).await?;
            let Some(stored) = stored else { return Ok(None) };
            let before = stored.book.clone();
            let (operated, writes) =
                bindery_ledger::operate(&self.servers.rules, self.servers.clock.at(now), stored, operation.clone());
            let decided = Decided { book, before: Some(&before), versions: &versions, writes: &writes };
            if apply(&mut connection, &decided).await? {
                return Ok(Some(operated));
            }
        }
        Err(contended("the book"))
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        match scope {
            Scope::All => {
                let healed = self.heal().await?;
                let due = due::of_all(&self.servers.connections, &self.servers.clock, limit).await?;
                Ok(Due { healed, ..due })
            }
            Scope::Book(book) => due::of_book(&self.servers.connections, &self.servers.clock, book, limit).await,
        }
    }

    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HMGET").arg(Keys::of(book).book()).arg("request").arg("outline");
        let (fields,): ([Option<Vec<u8>>; 2],) = self.servers.connections.query(&ask).await?;
        let unpack = |what: &'static str, packed: &Vec<u8>| {
            packed::unpack(packed).map_err(|error| StoreError::Unreadable { what, cause: error.to_string() })
        };
        let [request, outline] = &fields;
        let outline = outline.as_ref().map(|packed| unpack("outline", packed)).transpose()?;
        let request = request.as_ref().map(|packed| unpack("request", packed)).transpose()?;
        request.map(|json| record::request(book, &json, outline.as_deref())).transpose()
    }

    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(Keys::of(book).book()).arg("record");
        let (record,): (Option<String>,) = self.servers.connections.query(&ask).await?;
        record.map(|record| record::book(&record)).transpose()
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        hints::books(&self.servers.connections).await
    }

    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError> {
        hints::unreadable_books(&self.servers.connections).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        hints::open_books(&self.servers.connections).await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        hints::missing(&self.servers.connections, books).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HVALS").arg(Keys::of(book).tasks());
        let (records,): (Vec<String>,) = self.servers.connections.query(&ask).await?;
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
        let packed: Vec<Option<Vec<u8>>> = self.servers.connections.query(&ask).await?;
        Ok(packed::unpack_all(packed))
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("XRANGE").arg(Keys::of(book).events());
        ask.arg(format!("{}-0", after.saturating_add(1))).arg("+").arg("COUNT").arg(limit);
        let (rows,): (Vec<(String, Vec<String>)>,) = self.servers.connections.query(&ask).await?;
        Ok(rows.iter().filter_map(|(id, fields)| read::event(id, fields)).collect())
    }

    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError> {
        hints::last_events(&self.servers.connections, books).await
    }

    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError> {
        hints::unpublished(&self.servers.connections, limit).await
    }

    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        hints::mark_published(&self.servers.connections, book, seq).await
    }

    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        let args =
            [holder.to_owned(), term.as_millis().to_string(), self.given_time()].map(String::into_bytes).to_vec();
        let call = Call { script: &scripts::TAKE_LEADER_LOCK, keys: vec![keys::leader_lock(name)], args };
        Ok(self.servers.connections.script::<u8>(&call).await? == 1)
    }

    async fn load(&self) -> Result<Load, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("SCARD").arg(keys::OPEN);
        let counted = self.servers.connections.query::<(u64,)>(&ask);
        let ((open_books,), memory) = future::try_join(counted, survey::fullest(&self.servers.connections)).await?;
        Ok(Load { open_books, memory })
    }

    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
        track_record::add(&self.servers.connections, model, taken).await
    }

    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError> {
        track_record::read(&self.servers.connections, model).await.map(|stored| stored.record)
    }

    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError> {
        access_key::put(&self.servers.connections, key).await
    }

    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        access_key::read(&self.servers.connections, id).await
    }

    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        access_key::all(&self.servers.connections).await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self
    }

    fn live_texts(&self) -> &dyn LiveTexts {
        self
    }

    async fn examine(&self) -> Result<Examination, StoreError> {
        let (now, connections) = (self.servers.clock.at(crate::now()), &self.servers.connections);
        let (survey, loss) =
            future::try_join(Survey::take(connections), heartbeat::last_loss(connections, now)).await?;
        Ok(Examination { faults: survey.faults().into_iter().chain(loss).collect(), unknown: survey.unknown() })
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        shed::shed(&self.servers.connections, book, limit).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        // The texts go first. As long as the record is there, a deletion that was interrupted can be found and repeated.
        let mut ask = redis::pipe();
        ask.cmd("SMEMBERS").arg(Keys::of(book).texts());
        let (names,): (Vec<String>,) = self.servers.connections.query(&ask).await?;
        self.unlink_texts(book, &names).await?;
        let mut keys = Keys::of(book).all();
        let texts = keys.pop().expect("a book has keys");
        let mut remove = redis::pipe();
        remove.atomic().cmd("UNLINK").arg(&keys[0]).cmd("UNLINK").arg(&keys[1..]).arg(Keys::of(book).live()).ignore();
        remove.cmd("SMEMBERS").arg(&texts);
        let (existed, names): (u8, Vec<String>) = self.servers.connections.query(&remove).await?;
        // The index entries go last, so that a repeated call removes whatever a crash leaves behind.
        self.unlink_texts(book, &names).await?;
        self.servers.connections.each::<()>(&[redis::cmd("UNLINK").arg(&texts).to_owned()]).await?;
        self.servers.connections.query::<()>(&hints::forget(book)).await?;
        Ok(existed == 1)
    }
}

/// Waits before a decision that others have overtaken is made again. The first repeat comes at once, since most decisions are
/// overtaken only because a task was published or renewed meanwhile.
async fn pause_before(attempt: u32) {
    if attempt > 1 {
        tokio::time::sleep(CAS_PAUSE.mul_f64(fastrand::f64())).await;
    }
}

fn contended(what: &str) -> StoreError {
    StoreError::Failed(format!("{what} was changed by others {MAX_CAS_ATTEMPTS} times in a row"))
}

impl Clock {
    /// Returns the time of a decision, given the server's time.
    fn at(&self, server: Moment) -> Moment {
        match self {
            Self::Own => server,
            Self::Given(tell) => tell(),
        }
    }
}
