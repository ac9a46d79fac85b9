//! The loop against a real store.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Lane, Micros, TaskId};
use bindery_ledger::{
    Answer, Checkpoint, Command, Grant, Part,
    sample::{RULES, plan, request},
};
use bindery_model::Allowance;
use bindery_protocol::{Message, task::TaskMessage};
use bindery_store::Store;
use futures_util::FutureExt as _;
use tokio::{
    sync::{
        Semaphore,
        mpsc::{UnboundedSender, unbounded_channel},
    },
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Handler, Outcome, Ports, Settings, SoloLock, Stops, Work,
    checkpoint::Checkpointer,
    serve::{Server, renew},
};
use crate::{live::LiveProgress, subject::Subject};

/// A store with one accepted book whose plan is leased.
struct Bench {
    store: Arc<dyn Store>,
    file: PathBuf,
    book: BookId,
    grant: Grant,
    _folder: tempfile::TempDir,
}

async fn bench() -> Bench {
    bench_of(1).await
}

async fn bench_of(chapters: u32) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("books.db");
    let access = bindery_store::Access::new(&format!("sqlite:{}", file.display()));
    let store = bindery_store::connect(&access, RULES, bindery_store::Clock::Own).await.unwrap();
    let mut request = request("r", chapters);
    request.terms.window = chapters;
    store.accept(&request, None).await.unwrap();
    let book = request.book_id();
    let claim = Command::Claim { worker: "w".into(), claim: "c".into(), solo: false };
    let Answer::Go(grant) = store.step(&book, TaskId::Plan, claim).await.unwrap() else { panic!("the plan is owed") };
    Bench { store, file, book, grant: *grant, _folder: folder }
}

impl Bench {
    fn work(&self) -> Work {
        let (store, live) = (self.store.clone(), Arc::new(LiveProgress::default()));
        Work::new(
            self.grant.clone(),
            (Arc::new(Allowance::unlimited()), 0),
            (store, live),
            (self.checkpointer(), None),
            CancellationToken::new(),
        )
    }
}

impl Bench {
    fn checkpointer(&self) -> Arc<Checkpointer> {
        self.keeper_of(self.grant.fence)
    }

    fn keeper_of(&self, fence: u64) -> Arc<Checkpointer> {
        let (over, silence) = (CancellationToken::new(), CancellationToken::new());
        Arc::new(Checkpointer::new(self.store.clone(), (self.book.clone(), TaskId::Plan, fence), over, silence))
    }
}

fn subject() -> Arc<Subject> {
    Arc::new(Subject { book: BookId::named("b"), task: None, place: None })
}

fn settings() -> Settings {
    let (renew, grace) = (Duration::from_secs(10), Duration::ZERO);
    Settings { worker: "w".into(), solo_lock: SoloLock::default(), renew, grace, hold: None }
}

struct Never;

#[async_trait]
impl Handler for Never {
    async fn handle(&self, _work: &Work) -> Outcome {
        std::future::pending().await
    }
}

#[tokio::test]
async fn work_that_ended_as_it_was_to_be_broken_off_keeps_its_outcome() {
    let bench = bench().await;
    let ports =
        Ports::new(bench.store.clone(), bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap());
    let stops = Stops {
        shutdown: CancellationToken::new(),
        drain: CancellationToken::new(),
        silence: CancellationToken::new(),
    };
    stops.drain.cancel();
    let work = bench.work();
    let server = Server::new(ports, settings(), Arc::new(Never), (stops, TaskTracker::new()));
    for _ in 0..50 {
        let run = tokio::spawn(async { Outcome::GiveUp("done".into()) });
        while !run.is_finished() {
            tokio::task::yield_now().await;
        }
        let outcome = server.watch(run, &work, std::future::pending()).await;
        assert!(matches!(outcome, Some(Outcome::GiveUp(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn what_only_a_newer_program_can_read_stays_in_its_lane_and_in_the_store_as_it_is() {
    let bench = bench().await;
    let file = rusqlite::Connection::open(&bench.file).unwrap();
    file.execute("UPDATE books SET record = json_set(record, '$.v', 2)", []).unwrap();
    let records = || -> (String, String) {
        let query = "SELECT books.record, group_concat(tasks.record) FROM books JOIN tasks ON book = id";
        file.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let before = records();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let known = format!("{{\"v\":1,\"book\":\"{}\",\"task\":\"plan\",\"edition\":1}}", bench.book);
    for body in [known.as_str(), "{\"v\":2,\"volume\":7}"] {
        queue.publish(&Lane::Plans.into(), Message::new("m", body.into())).await.unwrap();
    }
    let ports = Ports::new(bench.store.clone(), queue.clone());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(super::run(ports, settings(), (Lane::Plans, 2), Arc::new(Never), shutdown.clone()));
    while queue.depth(Lane::Plans).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    shutdown.cancel();
    serving.await.unwrap().unwrap();
    assert_eq!(queue.depth(Lane::Plans).await.unwrap(), 2);
    assert_eq!(queue.depth(Lane::Dead).await.unwrap(), 0);
    assert_eq!(records(), before);
    assert!(bench.store.books().await.unwrap().is_empty(), "it is left out where all are listed");
}

/// Tells of each task's beginning, then of its end, which it waits to be allowed.
struct Told {
    said: UnboundedSender<String>,
    allowed: Semaphore,
}

#[async_trait]
impl Handler for Told {
    async fn handle(&self, work: &Work) -> Outcome {
        self.said.send(format!("{} begins", work.task())).unwrap();
        self.allowed.acquire().await.unwrap().forget();
        self.said.send(format!("{} ends", work.task())).unwrap();
        Outcome::GiveUp("told to".into())
    }
}

#[tokio::test]
async fn a_crash_suspect_is_worked_on_while_nothing_else_of_its_process_is() {
    let Bench { store, file, book, grant, _folder } = bench_of(4).await;
    let result = bindery_ledger::Output::Plan(plan());
    let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros::ZERO);
    let commit = Command::Commit { fence, edition, parts, output: result, spent };
    assert!(matches!(store.step(&book, TaskId::Plan, commit).await.unwrap(), Answer::Committed { .. }));
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let publish = async |lane: Lane, chapter: u32| {
        let body =
            format!("{{\"v\":1,\"book\":\"{book}\",\"task\":\"write/{chapter}\",\"edition\":{}}}", grant.task.edition);
        queue.publish(&lane.into(), Message::new("m", body.into())).await.unwrap();
        while queue.depth(lane).await.unwrap() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let (said, mut heard) = unbounded_channel();
    let mut next = async || {
        let next = tokio::time::timeout(Duration::from_secs(20), heard.recv());
        next.await.expect("a task begins or ends").unwrap()
    };
    let handler = Arc::new(Told { said, allowed: Semaphore::new(0) });
    let ports = Ports::new(store, queue.clone());
    let (shutdown, mut lanes) = (CancellationToken::new(), JoinSet::new());
    let settings = settings();
    for lane in [Lane::Chapters, Lane::Solo] {
        let run = super::run(ports.clone(), settings.clone(), (lane, 2), handler.clone(), shutdown.clone());
        lanes.spawn(run);
    }
    // What has been said to the store before is answered before this is.
    let leased = async || {
        tokio::task::yield_now().await;
        let tasks = ports.store.tasks(&book).await.unwrap();
        tasks.into_iter().filter(|task| task.lease.is_some()).map(|task| task.id.to_string()).collect::<Vec<_>>()
    };
    let file = rusqlite::Connection::open(&file).unwrap();
    file.execute("UPDATE tasks SET record = json_set(record, '$.lapses', 3) WHERE place = 2", []).unwrap();
    publish(Lane::Chapters, 1).await;
    assert_eq!(next().await, "write/1 begins");
    // A message that has outlived the suspicion is no reason to wait.
    publish(Lane::Solo, 4).await;
    assert_eq!(next().await, "write/4 begins");
    publish(Lane::Solo, 2).await;
    let waits = async {
        while settings.solo_lock.enter(false).now_or_never().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("the suspect waits for the others");
    publish(Lane::Chapters, 3).await;
    assert_eq!(leased().await, ["write/1", "write/4"]);
    handler.allowed.add_permits(1);
    assert_eq!(next().await, "write/1 ends");
    for following in ["write/2", "write/3"] {
        handler.allowed.add_permits(1);
        assert!(next().await.ends_with("ends"));
        assert_eq!(next().await, format!("{following} begins"));
        assert_eq!(leased().await, [following]);
    }
    handler.allowed.add_permits(1);
    assert_eq!(next().await, "write/3 ends");
    shutdown.cancel();
    lanes.join_all().await.into_iter().for_each(|ended| ended.unwrap());
}

/// Tells of each task that it is told to expect, and of each that it is given.
struct Expecting(UnboundedSender<String>);

#[async_trait]
impl Handler for Expecting {
    async fn expect(&self, _store: &Arc<dyn Store>, message: &TaskMessage) {
        self.0.send(format!("{} is expected", message.task)).unwrap();
    }

    async fn handle(&self, work: &Work) -> Outcome {
        self.0.send(format!("{} begins", work.task())).unwrap();
        Outcome::GiveUp("told to".into())
    }
}

#[tokio::test]
async fn a_handler_hears_of_a_task_before_it_is_claimed() {
    let bench = bench().await;
    let park = Command::Park {
        fence: bench.grant.fence,
        wait: Duration::ZERO,
        reason: bindery_ledger::Parking::Drain,
        spent: Micros::ZERO,
    };
    bench.store.step(&bench.book, TaskId::Plan, park).await.unwrap();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let body = format!("{{\"v\":1,\"book\":\"{}\",\"task\":\"plan\",\"edition\":1}}", bench.book);
    queue.publish(&Lane::Plans.into(), Message::new("m", body.into())).await.unwrap();
    let (said, mut heard) = unbounded_channel();
    let ports = Ports::new(bench.store.clone(), queue);
    let shutdown = CancellationToken::new();
    let run = super::run(ports, settings(), (Lane::Plans, 1), Arc::new(Expecting(said)), shutdown.clone());
    let serving = tokio::spawn(run);
    assert_eq!(heard.recv().await.unwrap(), "plan is expected");
    assert_eq!(heard.recv().await.unwrap(), "plan begins");
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn work_on_a_book_that_was_deleted_stops() {
    let bench = bench().await;
    bench.store.delete(&bench.book).await.unwrap();
    let stop = CancellationToken::new();
    let lease = (bench.book.clone(), TaskId::Plan, bench.grant.fence);
    let renewing = renew(bench.store.clone(), lease, Duration::from_millis(1), stop.clone());
    tokio::time::timeout(Duration::from_secs(10), renewing)
        .await
        .expect("a lease that is gone is not renewed for ever");
    assert!(stop.is_cancelled());
}

#[tokio::test]
async fn a_stored_text_that_was_damaged_counts_as_lost_and_is_mended_when_kept_again() {
    let bench = bench().await;
    let text = "what was written";
    let (work, checkpointer) = (bench.work(), bench.checkpointer());
    checkpointer.keep(vec![kept(1, text)]).await;
    assert_eq!(work.text(&Digest::of(text)).await.unwrap().as_deref(), Some(text));
    let file = rusqlite::Connection::open(&bench.file).unwrap();
    file.execute("UPDATE texts SET text = 'something else'", []).unwrap();
    assert_eq!(work.text(&Digest::of(text)).await.unwrap(), None);
    checkpointer.keep(vec![kept(1, text)]).await;
    assert_eq!(work.text(&Digest::of(text)).await.unwrap().as_deref(), Some(text));
}

/// Makes a part whose text is this.
fn kept(number: u16, text: &str) -> Checkpoint {
    let part = Part { digest: Some(Digest::of(text)), ..Part::default() };
    Checkpoint { number, part, text: Some(text.into()), again: None }
}

#[tokio::test]
async fn parts_that_come_together_are_kept_in_one_step_and_the_last_ones_are_left_for_the_outcome() {
    let bench = bench().await;
    let events = async || {
        let events = bench.store.events(&bench.book, 0, 100).await.unwrap();
        events
            .into_iter()
            .filter(|event| event.what.name() == "part_kept")
            .map(|event| event.what.detail())
            .collect::<Vec<_>>()
    };
    let checkpointer = bench.checkpointer();
    let keeping = checkpointer.begin(subject());
    checkpointer.add(kept(0, "a brief"));
    checkpointer.add(kept(1, "a section"));
    checkpointer.kept().await;
    assert!(checkpointer.progressed.is_cancelled());
    assert_eq!(events().await, ["part 0: 0", "part 1: 0"]);
    checkpointer.add(kept(2, "the last section"));
    assert_eq!(keeping.end().await, [kept(2, "the last section")]);
    assert_eq!(events().await.len(), 2);
    assert!(!checkpointer.over.is_cancelled());
}

#[tokio::test]
async fn work_stops_when_a_part_cannot_be_kept_since_its_lease_is_over() {
    let bench = bench().await;
    let checkpointer = bench.keeper_of(bench.grant.fence + 1);
    let keeping = checkpointer.begin(subject());
    checkpointer.add(kept(0, "a brief"));
    checkpointer.over.cancelled().await;
    assert_eq!(keeping.end().await, []);
    assert!(!checkpointer.progressed.is_cancelled());
}

#[tokio::test]
async fn a_part_whose_keeping_was_broken_off_is_left_for_the_outcome() {
    let bench = bench().await;
    let checkpointer = bench.checkpointer();
    let keeping = checkpointer.begin(subject());
    checkpointer.add(kept(0, "a brief"));
    assert!(checkpointer.kept().now_or_never().is_none(), "a part is kept by another thread");
    assert_eq!(keeping.end().await, [kept(0, "a brief")]);
}
