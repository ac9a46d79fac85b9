//! The loop against a real store.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, Lane, Micros, TaskId};
use bindery_ledger::{
    Answer, Checkpoint, Command, Fence, Grant, Part,
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

use crate::{
    Handler, Outcome, Ports, Settings, SoloLock, Work,
    checkpoint::Checkpointer,
    lease::{HeldLease, renew},
    live::LiveProgress,
    run::ShutdownSignals,
    serve::Server,
    subject::Subject,
    text_stream::TextStream,
};

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
        Work {
            grant: self.grant.clone(),
            allowance: Arc::new(Allowance::unlimited()),
            age: 0,
            live: Arc::new(LiveProgress::default()),
            texts: Arc::new(TextStream::new(self.store.clone(), &self.grant)),
            wrap_writing: None,
            track_records: Arc::default(),
            store: self.store.clone(),
            checkpointer: self.checkpointer(),
            stop: CancellationToken::new(),
        }
    }

    fn checkpointer(&self) -> Arc<Checkpointer> {
        self.checkpointer_of(self.lease())
    }

    fn checkpointer_of(&self, lease: HeldLease) -> Arc<Checkpointer> {
        let (lease_over, stop_retrying) = (CancellationToken::new(), CancellationToken::new());
        Arc::new(Checkpointer::new(self.store.clone(), lease, lease_over, stop_retrying))
    }

    fn lease(&self) -> HeldLease {
        HeldLease::of(&self.grant)
    }
}

fn subject() -> Arc<Subject> {
    Arc::new(Subject { book: BookId::named("b"), task: None, trace_parent: None })
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
async fn work_that_ends_while_it_is_broken_off_keeps_its_outcome() {
    let bench = bench().await;
    let ports =
        Ports::new(bench.store.clone(), bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap());
    let signals = ShutdownSignals::default();
    signals.grace_over.cancel();
    let work = bench.work();
    let server = Server::new(ports, settings(), Arc::new(Never), signals, TaskTracker::new());
    for _ in 0..50 {
        let run = tokio::spawn(async { Outcome::GiveUp("done".into()) });
        while !run.is_finished() {
            tokio::task::yield_now().await;
        }
        let outcome = server.wait_for_outcome(run, &work, std::future::pending()).await;
        assert!(matches!(outcome, Some(Outcome::GiveUp(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_message_or_book_that_only_a_newer_program_can_read_stays_unchanged() {
    let bench = bench().await;
    let file = rusqlite::Connection::open(&bench.file).unwrap();
    file.execute("UPDATE books SET record = json_set(record, '$.v', 3)", []).unwrap();
    let records = || -> (String, String) {
        let query = "SELECT books.record, group_concat(tasks.record) FROM books JOIN tasks ON book = id";
        file.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let before = records();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let known = format!("{{\"v\":1,\"book\":\"{}\",\"task\":\"plan\",\"edition\":1}}", bench.book);
    for body in [known.as_str(), "{\"v\":3,\"volume\":7}"] {
        queue.publish(&Lane::Plans.into(), Message::new("m", body.into())).await.unwrap();
    }
    let ports = Ports::new(bench.store.clone(), queue.clone());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(crate::run(ports, settings(), Lane::Plans, 2, Arc::new(Never), shutdown.clone()));
    while queue.depth(Lane::Plans).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    shutdown.cancel();
    serving.await.unwrap();
    assert_eq!(queue.depth(Lane::Plans).await.unwrap(), 2);
    assert_eq!(queue.depth(Lane::Dead).await.unwrap(), 0);
    assert_eq!(records(), before);
    assert!(bench.store.books().await.unwrap().is_empty(), "a list of all books leaves it out");
}

/// Reports the beginning of each task and, once it is allowed to end, its end.
struct Reporting {
    reports: UnboundedSender<String>,
    allowed: Semaphore,
}

#[async_trait]
impl Handler for Reporting {
    async fn handle(&self, work: &Work) -> Outcome {
        self.reports.send(format!("{} begins", work.task())).unwrap();
        self.allowed.acquire().await.unwrap().forget();
        self.reports.send(format!("{} ends", work.task())).unwrap();
        Outcome::GiveUp("told to".into())
    }
}

#[tokio::test]
async fn a_crash_suspect_is_worked_on_alone_in_its_process() {
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
    let (reports, mut reported) = unbounded_channel();
    let mut next = async || {
        let next = tokio::time::timeout(Duration::from_secs(20), reported.recv());
        next.await.expect("a task begins or ends").unwrap()
    };
    let handler = Arc::new(Reporting { reports, allowed: Semaphore::new(0) });
    let ports = Ports::new(store, queue.clone());
    let (shutdown, mut lanes) = (CancellationToken::new(), JoinSet::new());
    let settings = settings();
    for lane in [Lane::Chapters, Lane::Solo] {
        let run = crate::run(ports.clone(), settings.clone(), lane, 2, handler.clone(), shutdown.clone());
        lanes.spawn(run);
    }
    // The store answers earlier statements before this one.
    let leased = async || {
        tokio::task::yield_now().await;
        let tasks = ports.store.tasks(&book).await.unwrap();
        tasks.into_iter().filter(|task| task.lease.is_some()).map(|task| task.id.to_string()).collect::<Vec<_>>()
    };
    let file = rusqlite::Connection::open(&file).unwrap();
    file.execute("UPDATE tasks SET record = json_set(record, '$.lapses', 3) WHERE place = 2", []).unwrap();
    publish(Lane::Chapters, 1).await;
    assert_eq!(next().await, "write/1 begins");
    // The message came through the lane of suspects, but its task is none, so it does not wait.
    publish(Lane::Solo, 4).await;
    assert_eq!(next().await, "write/4 begins");
    publish(Lane::Solo, 2).await;
    let waits = async {
        while settings.solo_lock.acquire(false).now_or_never().is_some() {
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
    lanes.join_all().await;
}

/// Reports each task that it is told to expect, and each that it is given.
struct ReportingExpectations(UnboundedSender<String>);

#[async_trait]
impl Handler for ReportingExpectations {
    async fn expect(&self, _store: &Arc<dyn Store>, message: &TaskMessage) {
        self.0.send(format!("{} is expected", message.task)).unwrap();
    }

    async fn handle(&self, work: &Work) -> Outcome {
        self.0.send(format!("{} begins", work.task())).unwrap();
        Outcome::GiveUp("told to".into())
    }
}

#[tokio::test]
async fn a_handler_is_told_of_a_task_before_it_is_claimed() {
    let bench = bench().await;
    let park = Command::Park {
        fence: bench.grant.fence.clone(),
        wait: Duration::ZERO,
        reason: bindery_ledger::Parking::Drain,
        spent: Micros::ZERO,
    };
    bench.store.step(&bench.book, TaskId::Plan, park).await.unwrap();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let body = format!("{{\"v\":1,\"book\":\"{}\",\"task\":\"plan\",\"edition\":1}}", bench.book);
    queue.publish(&Lane::Plans.into(), Message::new("m", body.into())).await.unwrap();
    let (reports, mut reported) = unbounded_channel();
    let ports = Ports::new(bench.store.clone(), queue);
    let shutdown = CancellationToken::new();
    let run = crate::run(ports, settings(), Lane::Plans, 1, Arc::new(ReportingExpectations(reports)), shutdown.clone());
    let serving = tokio::spawn(run);
    assert_eq!(reported.recv().await.unwrap(), "plan is expected");
    assert_eq!(reported.recv().await.unwrap(), "plan begins");
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn work_on_a_book_that_was_deleted_stops() {
    let bench = bench().await;
    bench.store.delete(&bench.book).await.unwrap();
    let stop = CancellationToken::new();
    let renewing = renew(bench.store.clone(), bench.lease(), Duration::from_millis(1), stop.clone());
    tokio::time::timeout(Duration::from_secs(10), renewing)
        .await
        .expect("a lease that is gone is not renewed for ever");
    assert!(stop.is_cancelled());
}

#[tokio::test]
async fn a_damaged_text_counts_as_lost_and_is_mended_when_it_is_saved_again() {
    let bench = bench().await;
    let text = "what was written";
    let (work, checkpointer) = (bench.work(), bench.checkpointer());
    checkpointer.save(vec![part(1, text)]).await;
    assert_eq!(work.text(&Digest::of(text)).await.unwrap().as_deref(), Some(text));
    let file = rusqlite::Connection::open(&bench.file).unwrap();
    file.execute("UPDATE texts SET text = 'something else'", []).unwrap();
    assert_eq!(work.text(&Digest::of(text)).await.unwrap(), None);
    checkpointer.save(vec![part(1, text)]).await;
    assert_eq!(work.text(&Digest::of(text)).await.unwrap().as_deref(), Some(text));
}

/// Makes a part with this text.
fn part(number: u16, text: &str) -> Checkpoint {
    let part = Part { digest: Some(Digest::of(text)), ..Part::default() };
    Checkpoint { number, part, text: Some(text.into()), again: None }
}

#[tokio::test]
async fn parts_added_together_are_saved_in_one_step_and_the_last_ones_are_left_for_the_outcome() {
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
    let saving = checkpointer.start(subject());
    checkpointer.add(part(0, "a brief"));
    checkpointer.add(part(1, "a section"));
    checkpointer.flush().await;
    assert!(checkpointer.text_saved.is_cancelled());
    assert_eq!(events().await, ["part 0: 0", "part 1: 0"]);
    checkpointer.add(part(2, "the last section"));
    assert_eq!(saving.stop().await, [part(2, "the last section")]);
    assert_eq!(events().await.len(), 2);
    assert!(!checkpointer.lease_over.is_cancelled());
}

#[tokio::test]
async fn work_stops_when_a_part_cannot_be_saved_because_its_lease_is_over() {
    let bench = bench().await;
    let checkpointer = bench.checkpointer_of(HeldLease {
        fence: Fence { claim: "another".into(), ..bench.grant.fence.clone() },
        ..bench.lease()
    });
    let saving = checkpointer.start(subject());
    checkpointer.add(part(0, "a brief"));
    checkpointer.lease_over.cancelled().await;
    assert_eq!(saving.stop().await, []);
    assert!(!checkpointer.text_saved.is_cancelled());
}

#[tokio::test]
async fn a_part_whose_save_was_broken_off_is_left_for_the_outcome() {
    let bench = bench().await;
    let checkpointer = bench.checkpointer();
    let saving = checkpointer.start(subject());
    checkpointer.add(part(0, "a brief"));
    assert!(checkpointer.flush().now_or_never().is_none(), "another thread saves the part");
    assert_eq!(saving.stop().await, [part(0, "a brief")]);
}
