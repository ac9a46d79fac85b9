//! The fleet's store: a Redis that all processes share.
//!
//! A step reads by one script, decides here, and is applied by another that checks that nothing has changed meanwhile;
//! where something has, it is read and decided again. All keys of a book share a hash tag. Indexes across books are
//! hints, never truth: they only say at which books to look.

mod address;
mod apply;
mod connect;
mod due;
mod heal;
mod hints;
mod keys;
mod link;
mod packed;
mod read;
mod replica;
mod scripts;
mod shed;
mod survey;

#[cfg(test)]
mod tests;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future;
use tokio::sync::{Mutex, MutexGuard};

use self::{
    address::Address,
    connect::{Call, Connection, Connections},
    heal::Healer,
    keys::Keys,
    packed::Packed,
    read::{Beside, Versions},
    survey::Survey,
};
use super::{Access, Clock, Due, Load, Scope, Store, StoreError, record};
use crate::{
    book::{
        digest::Digest,
        id::{BookId, TaskId},
        request::Request,
    },
    config::ServiceUrl,
    ledger::{
        self, Accepted, Answer, Book, Command, Event, Moment, Operated, Operation, Plan, Rules, Snapshot, Task, Writes,
    },
};

/// How often a decision is made anew because a record has changed under it: each time another's step has got through.
const ROUNDS: u32 = 200;

/// How long the others' turn is left to them after one was lost, at most.
const PAUSE: Duration = Duration::from_millis(10);

/// How often the indexes across books are made good.
const HEALING: Duration = Duration::from_secs(60);

/// Locks on books. Two books may share one, which costs them a wait and nothing else.
const TURNS: usize = 256;

/// How many texts of a deleted book are removed in one round trip.
const PAGE: usize = 500;

pub(super) struct Redis {
    connections: Connections,
    rules: Rules,
    clock: Clock,
    /// Steps on one book within this process take turns, so that they do not undo each other's reading.
    turns: Vec<Mutex<()>>,
    healing: Duration,
    healer: Mutex<Healer>,
}

/// Says what is wrong with an address; none where it can be tried.
pub(super) fn flaw(url: &ServiceUrl) -> Option<String> {
    Address::parse(url.expose()).err().map(|flaw| flaw.to_string())
}

/// Who is decided about by what was read of whom.
struct Decided<'a> {
    id: &'a BookId,
    versions: &'a Versions,
    before: Option<&'a Book>,
    guard: Guard,
}

/// What a step has to do with the book's version, beyond those of the tasks it writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Nothing: what is said under a lease holds whatever becomes of the book.
    Free,
    /// The book must not have changed, and others who found it so need not look again.
    Unchanged,
    /// The book must not have changed, and others who found it so must look again.
    Changes,
}

impl Guard {
    /// Returns the guard of a command that was decided with the others' records, or without.
    fn of(command: &Command, others: bool) -> Self {
        match command {
            _ if others => Self::Changes,
            Command::Claim { .. } => Self::Unchanged,
            _ => Self::Free,
        }
    }
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
        let turns = (0..TURNS).map(|_| Mutex::new(())).collect();
        Ok(Self { connections, rules, clock, turns, healing: HEALING, healer: Mutex::new(Healer::new()) })
    }

    async fn turn(&self, book: &BookId) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        book.hash(&mut hasher);
        let nth = usize::try_from(hasher.finish() % TURNS as u64).expect("it is below the number of turns");
        self.turns[nth].lock().await
    }

    /// Applies a decision; whether it could be, since nothing it was made from has changed.
    async fn apply(
        &self,
        connection: &mut Connection,
        decided: Decided<'_>,
        (writes, packed): (&Writes, &Packed<'_>),
    ) -> Result<bool, StoreError> {
        if *writes == Writes::default() {
            return Ok(true);
        }
        let opens = |book: &&Book| !book.state.settled() && decided.before.is_none_or(|before| before.state.settled());
        if let Some(book) = writes.book.as_ref().filter(opens) {
            connection.query::<()>(&hints::open(book)).await?;
        }
        let guard = if writes.book.is_some() { Guard::Changes } else { decided.guard };
        let checks = (decided.versions, guard);
        let Some(left) = apply::writes(connection, decided.id, checks, (writes, packed)).await? else {
            return Ok(false);
        };
        let moved = |book: &&Book| decided.before.is_none_or(|before| before.state.settled() != book.state.settled());
        let pipe = hints::follow(decided.id, left, writes.book.as_ref().filter(moved));
        if !pipe.is_empty() {
            connection.query::<()>(&pipe).await?;
        }
        Ok(true)
    }

    /// Makes the indexes across books good, a piece at a time and all of them once in a while; returns how many entries
    /// were wrong.
    async fn heal(&self) -> Result<u32, StoreError> {
        let Ok(mut healer) = self.healer.try_lock() else { return Ok(0) };
        healer.go_on(&self.connections, self.healing).await
    }

    async fn field(&self, key: String, field: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(key).arg(field);
        self.connections.query::<(Option<Vec<u8>>,)>(&ask).await.map(|(value,)| value)
    }
}

/// Leaves the others their turn where a decision was lost to them. The first time most had only found a task that was
/// marked or renewed meanwhile, and is made again at once.
async fn give_way(round: u32) {
    if round > 1 {
        tokio::time::sleep(PAUSE.mul_f64(fastrand::f64())).await;
    }
}

fn contended() -> StoreError {
    StoreError::Failed(format!("the book was changed by others {ROUNDS} times in a row"))
}

#[async_trait]
impl Store for Redis {
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        let (id, keys) = (request.book_id(), Keys::of(&request.book_id()));
        let _turn = self.turn(&id).await;
        let mut connection = self.connections.get().await?;
        for round in 0..ROUNDS {
            give_way(round).await;
            let (now, stored, versions) = read::whole(&mut connection, &keys).await?;
            let before = stored.as_ref().map(|(book, _)| book.clone());
            let (accepted, writes) = ledger::accept(&self.rules, self.clock.at(now), (request, plan), stored);
            let decided = Decided { id: &id, versions: &versions, before: before.as_ref(), guard: Guard::Changes };
            if self.apply(&mut connection, decided, (&writes, &Packed::default())).await? {
                replica::wait(&mut connection, &keys).await?;
                drop(connection);
                if before.is_some() {
                    // Whoever took the request in before may have died, or a master been lost, before its hints were kept.
                    heal::heal(&self.connections, &[id]).await?;
                }
                return Ok(accepted);
            }
        }
        Err(contended())
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        let keys = Keys::of(book);
        let mut beside = Beside { others: command.always_asks_others(), chapters: command.asks_chapters(task) };
        let begin = async {
            let turn = if beside.others { Some(self.turn(book).await) } else { None };
            let mut connection = self.connections.get().await?;
            let read = read::task(&mut connection, &keys, (task, beside), &self.rules).await;
            Ok::<_, StoreError>((turn, connection, read))
        };
        let (begun, packed) = future::join(begin, Packed::of(command.texts())).await;
        let (mut turn, mut connection, mut read) = begun?;
        for round in 1..=ROUNDS {
            let (found, versions) = match read {
                Ok(Some(found)) => found,
                Ok(None) => return Ok(Answer::Closed),
                Err(StoreError::Newer(version)) => return Ok(Answer::Newer { version }),
                Err(error) => return Err(error),
            };
            let snapshot = Snapshot { now: self.clock.at(found.now), ..found };
            if !beside.others && command.asks_others(&snapshot.task, snapshot.now) {
                beside.others = true;
            } else {
                let before = snapshot.book.clone();
                let (answer, writes) = ledger::step(&self.rules, snapshot, command.clone());
                let guard = Guard::of(&command, beside.others);
                let decided = Decided { id: book, versions: &versions, before: Some(&before), guard };
                if self.apply(&mut connection, decided, (&writes, &packed)).await? {
                    return Ok(answer);
                }
            }
            give_way(round).await;
            if round > 1 && turn.is_none() {
                // Whoever has the turn may be waiting for a connection.
                drop(connection);
                turn = Some(self.turn(book).await);
                connection = self.connections.get().await?;
            }
            read = read::task(&mut connection, &keys, (task, beside), &self.rules).await;
        }
        Err(contended())
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        let keys = Keys::of(book);
        let _turn = self.turn(book).await;
        let mut connection = self.connections.get().await?;
        for round in 0..ROUNDS {
            give_way(round).await;
            let (now, stored, versions) = read::whole(&mut connection, &keys).await?;
            let Some(stored) = stored else { return Ok(None) };
            let before = stored.0.clone();
            let (operated, writes) = ledger::operate(&self.rules, self.clock.at(now), stored, operation.clone());
            let decided = Decided { id: book, versions: &versions, before: Some(&before), guard: Guard::Changes };
            if self.apply(&mut connection, decided, (&writes, &Packed::default())).await? {
                return Ok(Some(operated));
            }
        }
        Err(contended())
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        match scope {
            Scope::All => {
                let healed = self.heal().await?;
                let due = due::of_all(&self.connections, &self.clock, limit).await?;
                Ok(Due { healed, ..due })
            }
            Scope::Book(book) => due::of_book(&self.connections, &self.clock, book, limit).await,
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
        let (record,): (Option<String>,) = self.connections.query(&ask).await?;
        record.map(|record| record::book(&record)).transpose()
    }

    async fn books(&self) -> Result<Vec<Book>, StoreError> {
        hints::books(&self.connections).await
    }

    async fn open_books(&self) -> Result<Vec<Book>, StoreError> {
        hints::open_books(&self.connections).await
    }

    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError> {
        hints::missing(&self.connections, books).await
    }

    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HVALS").arg(Keys::of(book).tasks());
        let (records,): (Vec<String>,) = self.connections.query(&ask).await?;
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
        let packed: Vec<Option<Vec<u8>>> = self.connections.query(&ask).await?;
        // What cannot be unpacked is no text any more: as a missing one it is written again.
        let unpack = |packed: Option<Vec<u8>>| packed.and_then(|packed| packed::unpack(&packed).ok());
        Ok(packed.into_iter().map(unpack).collect())
    }

    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("XRANGE").arg(Keys::of(book).events());
        ask.arg(format!("{}-0", after.saturating_add(1))).arg("+").arg("COUNT").arg(limit);
        let (rows,): (Vec<(String, Vec<String>)>,) = self.connections.query(&ask).await?;
        rows.iter().map(|(id, fields)| read::event(id, fields)).collect()
    }

    async fn untold(&self, limit: u32) -> Result<Vec<(BookId, u64)>, StoreError> {
        hints::untold(&self.connections, limit).await
    }

    async fn told(&self, book: &BookId, seq: u64) -> Result<(), StoreError> {
        hints::told(&self.connections, book, seq).await
    }

    async fn lead(&self, post: &str, holder: &str, term: Duration) -> Result<bool, StoreError> {
        let now = match &self.clock {
            Clock::Own => String::new(),
            Clock::Given(tell) => tell().0.to_string(),
        };
        let args = [holder.to_owned(), term.as_millis().to_string(), now].map(String::into_bytes).to_vec();
        let call = Call { script: &scripts::LEAD, keys: vec![keys::post(post)], args };
        Ok(self.connections.script::<u8>(&call).await? == 1)
    }

    async fn load(&self) -> Result<Load, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("SCARD").arg(keys::OPEN);
        let counted = self.connections.query::<(u64,)>(&ask);
        let ((open_books,), memory) = future::try_join(counted, survey::fullest(&self.connections)).await?;
        Ok(Load { open_books, memory })
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        Ok(Survey::take(&self.connections).await?.faults())
    }

    async fn shed(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        shed::shed(&self.connections, book, limit).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        let _turn = self.turn(book).await;
        let mut keys = Keys::of(book).all();
        let texts = keys.pop().expect("a book has keys");
        let mut remove = redis::pipe();
        remove.atomic().cmd("UNLINK").arg(&keys[0]).cmd("UNLINK").arg(&keys[1..]).ignore();
        remove.cmd("SMEMBERS").arg(&texts);
        let (existed, names): (u8, Vec<String>) = self.connections.query(&remove).await?;
        // The names go last: what a crash leaves behind is removed by asking again.
        for page in names.chunks(PAGE) {
            let page: Vec<String> = page.iter().map(|name| Keys::of(book).text_named(name)).collect();
            self.connections.each::<()>(&[redis::cmd("UNLINK").arg(page).to_owned()]).await?;
        }
        self.connections.each::<()>(&[redis::cmd("UNLINK").arg(&texts).to_owned()]).await?;
        self.connections.query::<()>(&hints::forget(book)).await?;
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
