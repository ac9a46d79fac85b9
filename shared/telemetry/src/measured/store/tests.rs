//! What is counted when chapters die and parts are written again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bindery_domain::{BookId, Digest, HashedText, Moment, TaskId};
use bindery_ledger::{
    Answer, Checkpoint, Command, Fence, Operated, Operation, Part, Rules,
    sample::{RULES, plan, request},
};
use bindery_store::{Clock, Store};

use super::MeasuredStore;
use crate::Metrics;

/// A measured store with a clock of its own and one book, whose chapters are released.
struct Bench {
    store: MeasuredStore,
    metrics: Arc<Metrics>,
    book: BookId,
    time: Arc<AtomicU64>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn open() -> Self {
        let (folder, time) = (tempfile::tempdir().unwrap(), Arc::new(AtomicU64::new(1_000)));
        let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        let now = time.clone();
        let clock = Clock::Given(Arc::new(move || Moment(now.load(Ordering::SeqCst))));
        let rules = Rules { solo_after: 1, ..RULES };
        let store = bindery_store::connect(&access, rules, clock).await.unwrap();
        let metrics = Arc::new(Metrics::new().with_zeros());
        let store = MeasuredStore::new(store, metrics.clone(), Arc::default());
        let request = request("r", 2);
        store.accept(&request, Some(&plan())).await.unwrap();
        Self { store, metrics, book: request.book_id(), time, _folder: folder }
    }

    fn pass(&self, time: Duration) {
        self.time.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    async fn step(&self, chapter: u32, command: Command) -> Answer {
        self.store.step(&self.book, TaskId::Write(chapter), command).await.unwrap()
    }

    /// Claims a chapter as the solo queue does, which may try crash suspects too.
    async fn claim(&self, chapter: u32) -> Answer {
        let claim = format!("c{}", self.time.load(Ordering::SeqCst));
        self.step(chapter, Command::Claim { worker: "w".into(), claim, solo: true }).await
    }

    async fn fence(&self, chapter: u32) -> Fence {
        match self.claim(chapter).await {
            Answer::Go(grant) => grant.fence,
            other => panic!("the claim of chapter {chapter} got {other:?}"),
        }
    }

    fn dead(&self) -> u64 {
        self.metrics.chapters.with_label_values(&["dead"]).get()
    }
}

#[tokio::test]
async fn a_chapter_that_dies_is_counted_whoever_notices() {
    let bench = Bench::open().await;
    let fence = bench.fence(1).await;
    let give_up = Command::GiveUp { fence, reason: "no text passes".into(), spent: Default::default() };
    assert!(matches!(bench.step(1, give_up).await, Answer::GivenUp { .. }));
    assert_eq!(bench.dead(), 1);
    for _ in 0..2 {
        bench.fence(2).await;
        bench.pass(RULES.lease * 2);
        bench.step(2, Command::Serve { backlog: false, spare_leases: false }).await;
    }
    assert_eq!(bench.dead(), 2, "the sweeper found that a suspect's last lease had run out");

    let bench = Bench::open().await;
    bench.pass(Duration::from_secs(86_401));
    let expired = bench.store.operate(&bench.book, Operation::Expire).await.unwrap();
    assert!(matches!(expired, Some(Operated::Expired { dead: 2, .. })), "{expired:?}");
    assert_eq!(bench.dead(), 2);
}

#[tokio::test]
async fn the_time_of_a_part_is_counted_by_whether_it_was_written_again() {
    let bench = Bench::open().await;
    let fence = bench.fence(1).await;
    let part = |elapsed_ms, text: Option<&str>| Part { digest: text.map(Digest::of), elapsed_ms, ..Part::default() };
    for (elapsed, text, again) in
        [(2_000, None, Some("empty")), (5_000, Some("draft"), None), (6_500, Some("text"), Some("length"))]
    {
        let kept = Checkpoint { number: 1, part: part(elapsed, text), text: text.map(HashedText::from), again };
        assert_eq!(bench.step(1, Command::Checkpoint { fence: fence.clone(), parts: vec![kept] }).await, Answer::Saved);
    }
    let spent = |how| bench.metrics.part_seconds.with_label_values(&["write", how]).get();
    assert_eq!((spent("once"), spent("again")), (3.0, 3.5));
}
