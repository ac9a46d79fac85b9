use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use bindery_domain::{Digest, Lane, Micros, Moment, UnknownFields};
use bindery_ledger::{Accepted, Book, Event, GapPolicy, Order, Plan, PlanMode, Request, Rules, Task, Terms};
use bindery_outline::{Chapter, Outline};
use bindery_protocol::Message;
use bindery_queue::{Consumer, Destination, MessageLimit, Queue, QueueError};
use bindery_store::{Clock, Due, Durability, Heartbeat, Load, Store, Unpublished};
use tempfile::TempDir;

use super::*;

/// A store with one book that it cannot read.
struct Damaged {
    store: Arc<dyn Store>,
    book: BookId,
}

#[async_trait]
impl Store for Damaged {
    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Result<Answer, StoreError> {
        if *book == self.book {
            return Err(StoreError::Unreadable { what: "book", cause: "it is damaged".into() });
        }
        self.store.step(book, task, command).await
    }

    async fn due(&self, scope: &Scope, limit: u32) -> Result<Due, StoreError> {
        self.store.due(scope, limit).await
    }

    async fn accept(&self, request: &Request, plan: Option<&Plan>) -> Result<Accepted, StoreError> {
        self.store.accept(request, plan).await
    }

    async fn sync(&self, book: &BookId) -> Result<Durability, StoreError> {
        self.store.sync(book).await
    }

    async fn beat(&self, seen: Option<&Heartbeat>) -> Result<Heartbeat, StoreError> {
        self.store.beat(seen).await
    }

    async fn operate(&self, book: &BookId, operation: Operation) -> Result<Option<Operated>, StoreError> {
        self.store.operate(book, operation).await
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

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        self.store.examine().await
    }

    async fn remove_texts(&self, book: &BookId, limit: u32) -> Result<bool, StoreError> {
        self.store.remove_texts(book, limit).await
    }

    async fn delete(&self, book: &BookId) -> Result<bool, StoreError> {
        self.store.delete(book).await
    }
}

fn request(id: &str) -> Request {
    let chapters = vec![Chapter { title: "One".into(), ..Chapter::default() }];
    let order = Order {
        outline: Outline { title: "T".into(), chapters, ..Outline::default() },
        model: "stand-in:prose".into(),
        chapter_length: 100,
        section_length: 50,
        plan: PlanMode::Compiled,
        date: "2026-01-01".into(),
    };
    let terms = Terms {
        window: 2,
        gaps: GapPolicy::Fail,
        budget: None,
        plan_estimate: Micros::ZERO,
        deadline_ms: 86_400_000,
        review: false,
        formats: vec!["md".into()],
        unknown: UnknownFields::default(),
    };
    Request { tenant: "t".into(), request_id: id.into(), order, terms, trace: None }
}

/// Returns a store with a book for each name, all of them due at once.
async fn store_of(folder: &TempDir, books: &[&str]) -> Arc<dyn Store> {
    let second = Duration::from_secs(1);
    let grace = Duration::ZERO;
    let rules = Rules { lease: second, publish_grace: grace, lost_after: second, solo_after: 3, retention: None };
    let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let clock = Clock::Given(Arc::new(|| Moment(1_000)));
    let store = bindery_store::connect(&access, rules, clock).await.unwrap();
    for id in books {
        store.accept(&request(id), None).await.unwrap();
    }
    store
}

async fn local_queue() -> Arc<dyn Queue> {
    bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap()
}

#[tokio::test]
async fn a_book_that_cannot_be_read_does_not_block_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let sound = store_of(&folder, &["one", "other"]).await;
    let due = sound.due(&Scope::All, 10).await.unwrap();
    // The damaged book is the one that is due first.
    let store = Arc::new(Damaged { store: sound, book: due.items[0].book.clone() });
    let ports = Ports::new(store, local_queue().await);
    // The damaged book is due first, so a sweep of one due time reaches no other.
    assert_eq!(sweep(&ports, &Scope::All, 1).await.unwrap().unserved, 1);
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 0);
    sweep(&ports, &Scope::All, 1 + 1).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 1);
}

/// A queue that confirms nothing, as one whose broker is silent or whose lane has lost its majority.
struct Unconfirming {
    answers: bool,
    tries: AtomicU32,
}

impl Unconfirming {
    fn error<T>() -> Result<T, QueueError> {
        Err(QueueError::Unconfirmed("no answer within 10 s".into()))
    }
}

#[async_trait]
impl Queue for Unconfirming {
    async fn publish(&self, _to: &Destination, _message: Message) -> Result<(), QueueError> {
        self.tries.fetch_add(1, Ordering::Relaxed);
        Self::error()
    }

    async fn ask(&self, _lane: Lane, _message: Message, _timeout: Duration) -> Result<Message, QueueError> {
        Self::error()
    }

    async fn consume(&self, _lane: Lane, _prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Self::error()
    }

    async fn depth(&self, _lane: Lane) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn probe(&self) -> Result<(), QueueError> {
        if self.answers { Ok(()) } else { Self::error() }
    }

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        Self::error()
    }
}

/// Sweeps three books that are due, and returns the result and how many messages were tried.
async fn swept_with(answers: bool) -> (Result<Swept, PublishError>, u32) {
    let folder = tempfile::tempdir().unwrap();
    let queue = Arc::new(Unconfirming { answers, tries: AtomicU32::new(0) });
    let ports = Ports::new(store_of(&folder, &["one", "other", "third"]).await, queue.clone());
    (sweep(&ports, &Scope::All, 10).await, queue.tries.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_sweep_ends_at_the_first_message_that_a_silent_broker_does_not_confirm() {
    let (swept, tries) = swept_with(false).await;
    assert!(matches!(swept, Err(PublishError::Queue(_))));
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_lane_that_confirms_nothing_is_tried_once_in_a_sweep_and_the_sweep_goes_on() {
    let (swept, tries) = swept_with(true).await;
    assert_eq!(swept.unwrap().unserved, 3);
    assert_eq!(tries, 1);
}
