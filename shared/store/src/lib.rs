//! The store port: it keeps the ledger's records, the texts and the events.
//!
//! A store reads records, lets [`ledger::step`](bindery_ledger::step) or [`ledger::operate`](bindery_ledger::operate)
//! decide, and applies all of their writes or none. It has no rules of its own.

mod access_key;
mod heartbeat;
mod live_text;
pub(crate) mod record;
mod redis;
mod sqlite;
mod webhook;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(feature = "damage")]
pub mod damage;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Moment, ServiceUrl, TaskId};
use bindery_ledger::{
    Accepted, Answer, Book, Command, Event, Operated, Operation, Plan, Request, Rules, Task, TaskRef, TrackRecord,
    VERSION,
};

pub use access_key::{AccessKey, KeyScope};
pub use heartbeat::{Durability, Heartbeat, Setback};
pub use live_text::{LIVE_FOR, LiveCall, LiveExtent, LivePiece, LiveSection, LiveTexts};
pub use webhook::{Disabled, FormerSecret, Notice, SigningSecret, Webhook, WebhookChange, Webhooks};

/// Keeps the ledger.
#[async_trait]
pub trait Store: Send + Sync {
    /// Accepts a request, with its plan where that needed no model call. This is idempotent on (tenant, request id). A new
    /// book that would be one too many is refused in the same step in which it would become open.
    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError>;

    /// Waits until all that was stored about a book is on the store's disk, and on a replica where there is one. The
    /// store may not be able to tell. A replica that does not answer soon is not waited for. Returns `None` where the
    /// store has lost the book meanwhile.
    async fn sync(&self, book: &BookId) -> Result<Option<Durability>, StoreError>;

    /// Returns how well [`Store::sync`] keeps a book, as far as the store can tell beforehand.
    async fn durability(&self) -> Result<Durability, StoreError>;

    /// Returns the store's heartbeat, and raises its count. `seen` is the last one that this process has seen. If the store has
    /// lost something since, it notes that for [`Store::examine`].
    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError>;

    /// Runs one command on one task; an unknown book or task is [`Answer::Closed`].
    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError>;

    /// Runs an operation on a whole book; returns `None` where the book is unknown.
    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError>;

    /// Returns what is due, oldest first, and when the next thing will be.
    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError>;

    /// Returns a book's request.
    async fn request(&self, book: &BookId) -> Result<Option<Request>, StoreError>;

    /// Returns a book's record.
    async fn book(&self, book: &BookId) -> Result<Option<Book>, StoreError>;

    /// Returns all books, newest first, except those whose records cannot be read.
    async fn books(&self) -> Result<Vec<Book>, StoreError>;

    /// Returns the books whose records cannot be read: they are damaged, or a later version of the program wrote them.
    async fn unreadable_books(&self) -> Result<Vec<UnreadableBook>, StoreError>;

    /// Returns the books that are not settled, in no order, except those whose records cannot be read.
    async fn open_books(&self) -> Result<Vec<Book>, StoreError>;

    /// Returns how many chapters of these books are missing.
    async fn missing(&self, books: &[BookId]) -> Result<u64, StoreError>;

    /// Returns all tasks of a book: its plan, its chapters in order, and its binding.
    async fn tasks(&self, book: &BookId) -> Result<Vec<Task>, StoreError>;

    /// Returns stored texts of a book in the order of the digests; `None` for each text that is not stored.
    async fn texts(&self, book: &BookId, digests: &[Digest]) -> Result<Vec<Option<String>>, StoreError>;

    /// Returns a stored text of a book.
    async fn text(&self, book: &BookId, digest: &Digest) -> Result<Option<String>, StoreError> {
        let texts = self.texts(book, std::slice::from_ref(digest)).await?;
        Ok(texts.into_iter().next().flatten())
    }

    /// Returns a book's events with numbers above `after`, oldest first. An event whose record cannot be read is of a kind
    /// of its own.
    async fn events(&self, book: &BookId, after: u64, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// Returns the number of the last event of each book, or 0 where there is no such book or no event.
    async fn last_events(&self, books: &[BookId]) -> Result<Vec<u64>, StoreError>;

    /// Returns at most `limit` books with unpublished events.
    async fn unpublished_events(&self, limit: u32) -> Result<Vec<Unpublished>, StoreError>;

    /// Records that a book's events were published up to this number.
    async fn mark_events_published(&self, book: &BookId, seq: u64) -> Result<(), StoreError>;

    /// Takes or renews a lock that one process at a time may hold, and returns whether the caller holds it. The lock only
    /// saves work that is safe to do twice.
    async fn take_leader_lock(&self, name: &str, holder: &str, term: Duration) -> Result<bool, StoreError>;

    /// Succeeds if the store takes writes. It writes a lock that is over at once, so that no prober waits for another.
    async fn probe(&self) -> Result<(), StoreError> {
        self.take_leader_lock("probe", "probe", Duration::ZERO).await.map(drop)
    }

    /// Returns how much the store holds.
    async fn load(&self) -> Result<Load, StoreError>;

    /// Examines the store itself.
    async fn examine(&self) -> Result<Examination, StoreError>;

    /// Adds what further calls of a model have taken to the model's track record.
    async fn add_to_track_record(&self, model: &str, taken: &TrackRecord) -> Result<(), StoreError>;

    /// Returns a model's track record. It is empty for a model that no call was recorded of.
    async fn track_record(&self, model: &str) -> Result<TrackRecord, StoreError>;

    /// Stores a key, in place of the one with its id.
    async fn put_key(&self, key: &AccessKey) -> Result<(), StoreError>;

    /// Returns the key with an id.
    async fn key(&self, id: &str) -> Result<Option<AccessKey>, StoreError>;

    /// Returns all keys, in no order.
    async fn keys(&self) -> Result<Vec<AccessKey>, StoreError>;

    /// Returns what keeps the webhooks and their notices.
    fn webhooks(&self) -> &dyn Webhooks;

    /// Returns what passes on the texts that are under way.
    fn live_texts(&self) -> &dyn LiveTexts;

    /// Removes at most `limit` texts of a book whose texts are leaving, and after the last one the published events.
    /// Returns whether no text is left. A book whose texts are not leaving stays as it is.
    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError>;

    /// Removes a book with all that belongs to it; returns whether there was one.
    async fn delete(&self, book: &BookId) -> Result<bool, StoreError>;
}

/// The most texts that are read in one round trip: a book has up to 2,000 chapters, and other tasks use the store too.
pub const MAX_TEXTS_PER_READ: usize = 16;

impl<'a> dyn Store + 'a {
    /// Reads any number of texts of a book, in several round trips. A text that is not stored is left out.
    pub async fn many_texts(&self, book: &BookId, digests: &[Digest]) -> Result<HashMap<Digest, String>, StoreError> {
        let mut texts = HashMap::with_capacity(digests.len());
        for page in digests.chunks(MAX_TEXTS_PER_READ) {
            let found = page.iter().cloned().zip(self.texts(book, page).await?);
            texts.extend(found.filter_map(|(digest, text)| Some((digest, text?))));
        }
        Ok(texts)
    }

    /// Returns the id of the book that a tenant's request makes or has made. A book that an earlier program accepted keeps
    /// its shorter id.
    pub async fn id_of(&self, tenant: &str, request_id: &str) -> Result<BookId, StoreError> {
        let former = BookId::former(tenant, request_id);
        let book = self.book(&former).await?;
        let is_its = book.is_some_and(|book| (book.tenant.as_str(), book.request_id.as_str()) == (tenant, request_id));
        Ok(if is_its { former } else { BookId::of(tenant, request_id) })
    }
}

/// A book whose record cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadableBook {
    /// The book's id.
    pub id: BookId,
    /// Why its record cannot be read.
    pub error: StoreError,
}

/// Which books a sweeper looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All books.
    All,
    /// The one whose lock this process holds.
    Book(BookId),
}

/// What is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Tasks that must be served, and books whose own due time has come.
    pub items: Vec<TaskRef>,
    /// The time until the next due time after these; `None` where none is set.
    pub next: Option<Duration>,
    /// How many wrong entries of the store's indexes across books were corrected on the way.
    pub healed: u32,
}

/// A book with unpublished events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpublished {
    /// The book.
    pub book: BookId,
    /// The number of its last published event, or 0 where none is published.
    pub published: u64,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Books that are not settled.
    pub open_books: u64,
    /// The share of its memory that is used; `None` where the memory has no limit.
    pub memory: Option<f64>,
}

/// What an examination of the store has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// What may lose books, with what to do about it.
    pub faults: Vec<String>,
    /// What the server does not tell, as managed ones may not.
    pub unknown: Vec<String>,
}

/// An error of a store. Every command is idempotent, so it may be repeated even if it may have run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no store that this program knows.
    #[error(
        "`{0}` is no store; a store is `sqlite:FILE`, `redis://HOST`, \
             `redis+sentinel://HOST,HOST/MASTER` or `redis+cluster://HOST,HOST`, the last three also with `rediss`"
    )]
    UnknownUrl(String),
    /// The file or server cannot be used.
    #[error("the store {place} cannot be opened: {cause}")]
    Unusable {
        /// Where it is.
        place: String,
        /// Why.
        cause: String,
    },
    /// The server does not answer yet, or no longer.
    #[error("the store {place} cannot be reached: {cause}")]
    Unreachable {
        /// Where it is.
        place: String,
        /// Why.
        cause: String,
    },
    /// The server refuses the user or the password.
    #[error("the store refused the login; check the user and the password in store.url: {0}")]
    LoginRefused(String),
    /// A command failed, perhaps after it had run.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The server does not allow a command to this user, or to anyone.
    #[error("the store does not allow a command; docs/managed.md lists what a user must be allowed: {0}")]
    NotAllowed(String),
    /// A later version of the program has written the book.
    #[error("the book's record has version {0}, this program reads version {VERSION}: use the newer program for it")]
    Newer(u16),
    /// A record does not have the shape that this version writes.
    #[error("a stored {what} cannot be read, so this version may be older than the one that wrote it: {cause}")]
    Unreadable {
        /// Which kind of record.
        what: &'static str,
        /// Why.
        cause: String,
    },
}

/// The clock that gives the ledger its time.
#[derive(Clone, Default)]
pub enum Clock {
    /// The store's own clock: the server's, so that hosts with different clocks agree, or this machine's for a file.
    #[default]
    Own,
    /// A given clock, which tests can move.
    Given(Arc<dyn Fn() -> Moment + Send + Sync>),
}

/// Returns this machine's time.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// How a store is reached.
#[derive(Clone, Debug)]
pub struct Access {
    /// The store's URL. Its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// How long a server may take to answer.
    pub timeout: Duration,
    /// How many connections to a server are kept open.
    pub connections: u32,
    /// The authority that must have signed the server's certificate; `None` for the authorities that this machine trusts.
    pub ca_file: Option<PathBuf>,
}

impl Access {
    /// Makes the access to the store at a URL, with the usual limits.
    pub fn new(url: &str) -> Self {
        Self { url: url.into(), timeout: Duration::from_secs(5), connections: 4, ca_file: None }
    }

    /// Makes the error of a store that cannot be used. The password in its URL is masked.
    fn unusable(&self, cause: impl Into<String>) -> StoreError {
        StoreError::Unusable { place: self.url.to_string(), cause: cause.into() }
    }
}

/// The schemes of a store's address. Those that begin with `rediss` are encrypted.
pub const SCHEMES: [&str; 7] =
    ["sqlite", "redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

/// Returns what is wrong with an address of one of the [`SCHEMES`]; `None` where the address is well formed.
pub fn flaw(url: &ServiceUrl) -> Option<String> {
    if url.scheme() == "sqlite" { None } else { redis::flaw(url) }
}

/// Opens the store that a URL names: `sqlite:FILE`, `redis://HOST`, `redis+sentinel://HOST,HOST/MASTER` or
/// `redis+cluster://HOST,HOST`. The last three use TLS where they begin with `rediss`.
pub async fn connect(access: &Access, rules: Rules, clock: Clock) -> Result<Arc<dyn Store>, StoreError> {
    match access.url.expose().split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => {
            Ok(Arc::new(sqlite::Sqlite::open(PathBuf::from(path), rules, clock).await?))
        }
        Some((scheme, _)) if SCHEMES[1..].contains(&scheme) => {
            Ok(Arc::new(redis::Redis::connect(access, rules, clock).await?))
        }
        _ => Err(StoreError::UnknownUrl(access.url.to_string())),
    }
}
