//! The tests that every store must pass. A new adapter is added to [`Kind`] and nowhere else.

mod books;
mod events;
mod retention;
mod track_records;

use std::{
    any::Any,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bindery_domain::{BookId, Micros, Moment, TaskId};
use bindery_ledger::{
    Accepted, Answer, AuditMode, Binding, Checkpoint, Command, Grant, Hold, Operated, Operation, Output, Parking, Part,
    Request, Rules, Standing, State,
    sample::{self, plan, request},
};
use bindery_test_servers::{Redis, RedisCluster, Sentinels};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::{Access, Clock, Scope, Store, StoreError, Unpublished, connect};

pub(super) const RULES: Rules = Rules { retention: Some(Duration::from_secs(172_800)), ..sample::RULES };

/// A store with a clock that the test moves, and the things that must outlive the store.
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    time: Arc<AtomicU64>,
    pub(super) access: Access,
    _home: Box<dyn Any + Send + Sync>,
}

/// The adapters under test, and the ways to reach a Redis.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Sqlite,
    Redis,
    Tls,
    Sentinels,
    Cluster,
}

pub(super) const STORES: [Kind; 5] = [Kind::Sqlite, Kind::Redis, Kind::Tls, Kind::Sentinels, Kind::Cluster];

/// Servers that all tests share, since they take seconds to start. One test uses them at a time, and finds them empty.
struct Shared<T: 'static> {
    servers: MutexGuard<'static, OnceCell<T>>,
}

impl<T: Send + Sync> Shared<T> {
    async fn take(servers: &'static Mutex<OnceCell<T>>, start: fn() -> T) -> Self {
        let servers = servers.lock().await;
        servers.get_or_init(|| async { tokio::task::spawn_blocking(start).await.unwrap() }).await;
        Self { servers }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.servers.get().expect("they were started when they were taken")
    }
}

impl Kind {
    /// Opens a new and empty store of this kind.
    pub(super) async fn open(self) -> Bench {
        static SENTINELS: Mutex<OnceCell<Sentinels>> = Mutex::const_new(OnceCell::const_new());
        static CLUSTER: Mutex<OnceCell<RedisCluster>> = Mutex::const_new(OnceCell::const_new());
        // The output is shown if a test fails.
        eprintln!("on {self:?}");
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("deep/books.db").display());
                Bench::open(Access::new(&url), folder).await
            }
            Self::Redis => {
                let server = Redis::start_with(&["--maxmemory", "256mb"]);
                Bench::open(Access::new(&server.url()), server).await
            }
            Self::Tls => {
                let server = Redis::start_tls();
                server.cli(&["CONFIG", "SET", "maxmemory", "256mb"]);
                let ca_file = server.certificates().map(|certificates| certificates.authority.clone());
                Bench::open(Access { ca_file, ..Access::new(&server.url()) }, server).await
            }
            Self::Sentinels => {
                let servers = Shared::take(&SENTINELS, Sentinels::start).await;
                empty(servers.master());
                Bench::open(Access::new(&servers.url()), servers).await
            }
            Self::Cluster => {
                let servers = Shared::take(&CLUSTER, RedisCluster::start).await;
                servers.masters().into_iter().for_each(empty);
                Bench::open(Access::new(&servers.url()), servers).await
            }
        }
    }
}

fn empty(server: &Redis) {
    server.cli(&["FLUSHALL"]);
    server.cli(&["CONFIG", "SET", "maxmemory", "256mb"]);
}

fn clock(time: &Arc<AtomicU64>) -> Clock {
    let time = time.clone();
    Clock::Given(Arc::new(move || Moment(time.load(Ordering::SeqCst))))
}

impl Bench {
    async fn open(access: Access, home: impl Any + Send + Sync) -> Self {
        let time = Arc::new(AtomicU64::new(1_000_000));
        let store = connect(&access, RULES, clock(&time)).await.unwrap();
        Self { store, time, access, _home: Box::new(home) }
    }

    /// Opens the store once more, as another process would.
    pub(super) async fn again(&self) -> Arc<dyn Store> {
        connect(&self.access, RULES, clock(&self.time)).await.unwrap()
    }

    pub(super) fn now(&self) -> Moment {
        Moment(self.time.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, time: Duration) {
        self.time.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    async fn accepted(&self, chapters: u32) -> BookId {
        let request = request("r", chapters);
        assert!(matches!(self.store.accept(&request, None).await.unwrap(), Accepted::New(_)));
        request.book_id()
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Answer {
        self.store.step(book, task, command).await.unwrap()
    }

    async fn claim(&self, book: &BookId, task: TaskId) -> Grant {
        let claim = Command::Claim { worker: "w".into(), claim: format!("{task}"), solo: false };
        match self.step(book, task, claim).await {
            Answer::Go(grant) => *grant,
            other => panic!("{task} is not given: {other:?}"),
        }
    }

    async fn commit(&self, book: &BookId, task: TaskId, result: Output) -> Answer {
        let grant = self.claim(book, task).await;
        let (fence, edition) = (grant.fence, grant.task.edition);
        self.step(
            book,
            task,
            Command::Commit { fence, edition, parts: Vec::new(), output: result, spent: Micros::ZERO },
        )
        .await
    }

    async fn planned(&self, chapters: u32) -> BookId {
        let book = self.accepted(chapters).await;
        let plan = Output::Plan(plan());
        assert!(matches!(self.commit(&book, TaskId::Plan, plan).await, Answer::Committed { .. }));
        book
    }
}

fn chapter(text: &str) -> Output {
    Output::Chapter { text: text.into(), length: 2, summary: None, remarks: Vec::new(), sections: 0 }
}

#[tokio::test]
async fn the_same_request_names_the_same_book_and_another_order_is_a_conflict() {
    for store in STORES {
        let bench = store.open().await;
        let first = request("r", 2);
        assert!(matches!(bench.store.accept(&first, None).await.unwrap(), Accepted::New(_)));
        assert!(matches!(bench.store.accept(&first, None).await.unwrap(), Accepted::Exists(_)));
        assert_eq!(bench.store.accept(&request("r", 3), None).await.unwrap(), Accepted::Conflict);
        assert_eq!(bench.store.request(&first.book_id()).await.unwrap(), Some(first));
        assert_eq!(bench.store.books().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_book_with_an_id_of_earlier_programs_is_found_by_its_request() {
    for store in STORES {
        let bench = store.open().await;
        let request = request("r", 1);
        let former = Request { former_id: true, ..request.clone() };
        assert_eq!(bench.store.id_of("t", "r").await.unwrap(), request.book_id());
        bench.store.accept(&former, None).await.unwrap();
        assert_eq!(bench.store.id_of("t", "r").await.unwrap(), former.book_id());
        assert_eq!(bench.store.request(&former.book_id()).await.unwrap(), Some(former.clone()));
        assert!(matches!(bench.store.accept(&former, None).await.unwrap(), Accepted::Exists(_)));
        assert_eq!(bench.store.books().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn new_terms_replace_the_old_ones_and_are_stored() {
    for store in STORES {
        let bench = store.open().await;
        let mut asked = request("r", 2);
        bench.store.accept(&asked, None).await.unwrap();
        asked.terms.formats = vec!["epub".into()];
        bench.store.accept(&asked, None).await.unwrap();
        let book = bench.store.book(&asked.book_id()).await.unwrap().unwrap();
        assert_eq!(book.terms.formats, ["epub"]);
        assert_eq!(bench.store.request(&asked.book_id()).await.unwrap(), Some(asked));
    }
}

#[tokio::test]
async fn a_book_goes_from_its_plan_through_its_window_to_its_binding() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(3).await;
        let standings = |tasks: Vec<bindery_ledger::Task>| tasks.iter().map(|task| task.standing).collect::<Vec<_>>();
        let tasks = standings(bench.store.tasks(&book).await.unwrap());
        let Answer::NotYet = bench.step(&book, TaskId::Write(3), probe()).await else { panic!("the window holds two") };
        assert_eq!(tasks[1..4], [Standing::Released, Standing::Released, Standing::Waiting]);
        for number in [2, 1, 3] {
            let answer = bench.commit(&book, TaskId::Write(number), chapter(&format!("text {number}"))).await;
            assert!(matches!(answer, Answer::Committed { .. }), "{answer:?}");
        }
        let answer = bench.commit(&book, TaskId::Bind, Output::Binding(Binding::default())).await;
        assert_eq!(answer, Answer::Committed { released: Vec::new() });
        assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Done);
    }
}

#[tokio::test]
async fn a_book_goes_from_its_last_chapter_through_its_audit_and_two_rounds_of_repairs_to_its_binding() {
    for store in STORES {
        let bench = store.open().await;
        let mut asked = request("r", 2);
        asked.terms.audit = AuditMode::Repair;
        bench.store.accept(&asked, Some(&plan())).await.unwrap();
        let book = asked.book_id();
        let repair = |round| TaskId::Repair { round, chapter: 1 };
        for task in [TaskId::Write(1), TaskId::Write(2), TaskId::Audit, repair(1), repair(2), TaskId::Bind] {
            let answer = bench.commit(&book, task, sample::output(task, "a lease")).await;
            assert!(matches!(answer, Answer::Committed { .. }), "{task}: {answer:?}");
        }
        assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Done);
        let tasks = bench.store.tasks(&book).await.unwrap();
        assert_eq!((tasks.len(), bindery_ledger::current_texts(&tasks)[&1].revision), (7, 2));
    }
}

#[tokio::test]
async fn a_repair_that_is_given_up_is_no_gap_of_the_book() {
    for store in STORES {
        let bench = store.open().await;
        let mut asked = request("r", 1);
        asked.terms.audit = AuditMode::Repair;
        bench.store.accept(&asked, Some(&plan())).await.unwrap();
        let book = asked.book_id();
        for task in [TaskId::Write(1), TaskId::Audit] {
            bench.commit(&book, task, sample::output(task, "a lease")).await;
        }
        for round in [1, 2] {
            let task = TaskId::Repair { round, chapter: 1 };
            let grant = bench.claim(&book, task).await;
            let give_up = Command::GiveUp { fence: grant.fence, reason: "refused".into(), spent: Micros::ZERO };
            let Answer::GivenUp { released } = bench.step(&book, task, give_up).await else { panic!("it is given up") };
            assert_eq!(released.len(), 1, "round {round}");
        }
        assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Binding);
    }
}

fn probe() -> Command {
    Command::Claim { worker: "probe".into(), claim: "probe".into(), solo: false }
}

#[tokio::test]
async fn a_committed_text_and_its_context_read_back_by_their_digests() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(1).await;
        bench.commit(&book, TaskId::Write(1), chapter("Füße, 本 and \u{1F4D6}.")).await;
        let task = bench.store.tasks(&book).await.unwrap().remove(1);
        let digest = task.result.unwrap().digest;
        assert_eq!(bench.store.text(&book, &digest).await.unwrap().unwrap(), "Füße, 本 and \u{1F4D6}.");
        let context = bench.store.book(&book).await.unwrap().unwrap().context.unwrap();
        assert_eq!(bench.store.text(&book, &context).await.unwrap().unwrap(), "{\"plan\":1}");
        let stranger = BookId::of("another", "r");
        assert_eq!(bench.store.text(&stranger, &digest).await.unwrap(), None);
    }
}

#[tokio::test]
async fn checkpoints_survive_a_lease_that_ran_out_and_another_opening_of_the_store() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(1).await;
        let fence = bench.claim(&book, TaskId::Write(1)).await.fence;
        let digest = Some(bindery_domain::Digest::of("half a chapter"));
        let part = Part { digest, length: 3, tries: 2, ..Part::default() };
        let text = Some("half a chapter".into());
        let parts = vec![Checkpoint { number: 1, part: part.clone(), text, again: None }];
        let keep = Command::Checkpoint { fence: fence.clone(), parts };
        assert_eq!(bench.step(&book, TaskId::Write(1), keep).await, Answer::Saved);
        bench.pass(RULES.lease + Duration::from_secs(1));
        let reopened = bench.again().await;
        let serve = Command::Serve { backlog: false, spare_leases: false };
        let served = reopened.step(&book, TaskId::Write(1), serve).await.unwrap();
        assert!(matches!(served, Answer::Publish { heal: Some("lease_lapsed"), .. }), "{served:?}");
        let again = Command::Claim { worker: "x".into(), claim: "x".into(), solo: false };
        let Answer::Go(grant) = reopened.step(&book, TaskId::Write(1), again).await.unwrap() else {
            panic!("it is free")
        };
        assert!(grant.fence.number > fence.number);
        assert_eq!(grant.task.parts[&1], part);
        let stale = Command::Renew { fence };
        assert!(matches!(bench.step(&book, TaskId::Write(1), stale).await, Answer::Stop { .. }));
    }
}

#[tokio::test]
async fn due_items_come_oldest_first_within_their_scope_with_the_time_to_the_next() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(2).await;
        let other = request("other", 1);
        bench.store.accept(&other, None).await.unwrap();
        let mine = Scope::Book(book.clone());
        assert_eq!(bench.store.due(&mine, 10).await.unwrap().next, Some(RULES.publish_grace));
        bench.pass(RULES.publish_grace);
        let due = bench.store.due(&mine, 10).await.unwrap();
        let tasks: Vec<_> = due.items.iter().map(|item| item.task).collect();
        assert_eq!(tasks, [Some(TaskId::Write(1)), Some(TaskId::Write(2))]);
        assert_eq!(bench.store.due(&Scope::All, 10).await.unwrap().items.len(), 3);
        assert_eq!(bench.store.due(&Scope::All, 2).await.unwrap().items.len(), 2);
        let served = bench.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await;
        assert!(matches!(served, Answer::Publish { heal: Some("unpublished"), .. }), "{served:?}");
    }
}

#[tokio::test]
async fn a_missed_deadline_is_due_and_ends_the_book() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(1).await;
        bench.pass(Duration::from_millis(86_400_001));
        let due = bench.store.due(&Scope::All, 10).await.unwrap();
        assert!(due.items.iter().any(|item| item.book == book && item.task.is_none()));
        let expired = bench.store.operate(&book, Operation::Expire).await.unwrap();
        assert_eq!(expired, Some(Operated::Expired { released: Vec::new(), dead: 1 }));
        let events = bench.store.events(&book, 0, 100).await.unwrap();
        let last: Vec<_> = events.iter().rev().take(3).map(|event| event.what.name()).collect();
        assert_eq!(last, ["failed", "chapter_dead", "expired"]);
        assert!(bench.store.book(&book).await.unwrap().unwrap().state.settled());
        assert!(bench.store.due(&Scope::All, 10).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn a_held_book_gives_no_lease_until_its_hold_is_lifted() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(1).await;
        bench.store.operate(&book, Operation::Hold).await.unwrap();
        assert_eq!(bench.step(&book, TaskId::Write(1), probe()).await, Answer::Held);
        let lifted = bench.store.operate(&book, Operation::Lift(Hold::Operator)).await.unwrap();
        let Some(Operated::Done { released }) = lifted else { panic!("it was held") };
        assert_eq!(released.len(), 1);
        bench.claim(&book, TaskId::Write(1)).await;
    }
}

#[tokio::test]
async fn a_revised_book_keeps_unchanged_texts_under_their_new_numbers() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(2).await;
        bench.commit(&book, TaskId::Write(2), chapter("second")).await;
        let fence = bench.claim(&book, TaskId::Write(1)).await.fence;
        let park = Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
        bench.step(&book, TaskId::Write(1), park).await;
        let revised = request("r", 1);
        let operation = Operation::Revise { request: Box::new(revised.clone()), kept: [(1, 2)].into() };
        let operated = bench.store.operate(&book, operation).await.unwrap();
        assert!(matches!(operated, Some(Operated::Done { .. })), "{operated:?}");
        let tasks = bench.store.tasks(&book).await.unwrap();
        assert_eq!(tasks.len(), 4);
        assert_eq!(tasks[1].standing, Standing::Done);
        let text = bench.store.text(&book, &tasks[1].result.as_ref().unwrap().digest).await.unwrap();
        assert_eq!(text.as_deref(), Some("second"));
        assert_eq!(bench.store.request(&book).await.unwrap(), Some(revised));
    }
}

#[tokio::test]
async fn a_sound_store_has_no_faults() {
    for store in STORES {
        let bench = store.open().await;
        bench.planned(3).await;
        assert_eq!(bench.store.examine().await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn racing_claims_give_one_lease() {
    for store in STORES {
        let bench = store.open().await;
        let book = bench.planned(1).await;
        let claim = |n: u32| Command::Claim { worker: format!("w{n}"), claim: format!("c{n}"), solo: false };
        let race = (0..16).map(|n| bench.store.step(&book, TaskId::Write(1), claim(n)));
        let answers = futures_util::future::join_all(race).await;
        let given = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Go(_)))).count();
        assert_eq!(given, 1, "{answers:?}");
    }
}

#[tokio::test]
async fn an_unknown_url_is_refused_with_the_known_forms() {
    let refused = connect(&Access::new("punchcards:"), RULES, Clock::Own).await.err().expect("no such store");
    assert!(matches!(refused, StoreError::UnknownUrl(_)));
    assert!(refused.to_string().contains("sqlite:FILE"));
}
