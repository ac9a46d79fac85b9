use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use bindery_domain::{Lane, Moment};
use bindery_ledger::{Rules, sample::request};
use bindery_protocol::Message;
use bindery_queue::{Consumer, Destination, MessageLimit, Queue, QueueError};
use bindery_store::{
    Clock, Store,
    damage::{Records, damage},
};
use tempfile::TempDir;

use super::*;

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("books.db")
}

/// Returns a store with a book for each name, all of them due at once.
async fn store_of(folder: &TempDir, books: &[&str]) -> Arc<dyn Store> {
    let second = Duration::from_secs(1);
    let grace = Duration::ZERO;
    let rules = Rules {
        lease: second,
        publish_grace: grace,
        lost_after: second,
        solo_after: 3,
        retention: None,
        max_open_books: None,
    };
    let access = bindery_store::Access::new(&format!("sqlite:{}", file(folder).display()));
    let clock = Clock::Given(Arc::new(|| Moment(1_000)));
    let store = bindery_store::connect(&access, rules, clock).await.unwrap();
    for id in books {
        store.accept(&request(id, 1), None).await.unwrap();
    }
    store
}

async fn local_queue() -> Arc<dyn Queue> {
    bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap()
}

#[tokio::test]
async fn a_book_that_cannot_be_read_does_not_block_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(&folder, &["one", "other"]).await;
    let due = store.due(&Scope::All, 10).await.unwrap();
    damage(&file(&folder), &due.items[0].book, Records::Book);
    let ports = Ports::new(store, local_queue().await);
    // The damaged book is due first, so a sweep of one due time reaches no other.
    assert_eq!(sweep(&ports, &Scope::All, &mut outages(), 1).await.unwrap().unserved, 1);
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 0);
    sweep(&ports, &Scope::All, &mut outages(), 1 + 1).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 1);
}

/// A queue that confirms a few messages and then nothing, as one whose broker is silent or whose lane has lost its majority.
struct Unconfirming {
    answers: bool,
    tries: AtomicU32,
    /// How many messages it confirms before that.
    confirms: u32,
}

impl Unconfirming {
    fn error<T>() -> Result<T, QueueError> {
        Err(QueueError::Unconfirmed("no answer within 10 s".into()))
    }
}

#[async_trait]
impl Queue for Unconfirming {
    async fn publish(&self, _to: &Destination, _message: Message) -> Result<(), QueueError> {
        let tried = self.tries.fetch_add(1, Ordering::Relaxed);
        if tried < self.confirms { Ok(()) } else { Self::error() }
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
        Ok(MessageLimit::Suitable)
    }
}

/// Returns a sweeper's memory in which there was no outage.
fn outages() -> Outages {
    Outages::new(Duration::ZERO, Now::read())
}

/// Sweeps three books that are due, and returns the result and how many messages were tried.
async fn swept_with(answers: bool) -> (Result<Swept, PublishError>, u32) {
    let folder = tempfile::tempdir().unwrap();
    let queue = Arc::new(Unconfirming { answers, tries: AtomicU32::new(0), confirms: 0 });
    let ports = Ports::new(store_of(&folder, &["one", "other", "third"]).await, queue.clone());
    (sweep(&ports, &Scope::All, &mut outages(), 10).await, queue.tries.load(Ordering::Relaxed))
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

/// Returns rules under which no message counts as lost while a test runs.
fn patient() -> Rules {
    let (second, lost_after) = (Duration::from_secs(1), Duration::from_secs(600));
    Rules { lease: second, publish_grace: second, lost_after, solo_after: 3, retention: None, max_open_books: None }
}

#[tokio::test]
async fn what_a_store_that_went_back_leaves_in_the_air_is_owed_until_the_broker_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let silent = Arc::new(Unconfirming { answers: false, tries: AtomicU32::new(0), confirms: 1 });
    let store = store_of(&folder, &["one", "other", "third"]).await;
    let mut owed = Republishing::default();
    owed.begin();
    owed.go_on(&Ports::new(store.clone(), silent.clone()), &patient()).await.unwrap_err();
    assert_eq!(silent.tries.load(Ordering::Relaxed), 2, "it ends at the first message that is not confirmed");
    let ports = Ports::new(store, local_queue().await);
    owed.go_on(&ports, &patient()).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 2, "the book that was published is not published again");
    owed.go_on(&ports, &patient()).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 2, "nothing is owed any more");
}

#[tokio::test]
async fn a_book_that_cannot_be_read_does_not_keep_the_tasks_of_others_in_the_air() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(&folder, &["one", "other"]).await;
    let book = store.open_books().await.unwrap().pop().unwrap().id;
    damage(&file(&folder), &book, Records::Tasks);
    let ports = Ports::new(store, local_queue().await);
    let mut owed = Republishing::default();
    owed.begin();
    owed.go_on(&ports, &patient()).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 1);
}
