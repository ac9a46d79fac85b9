//! Tests of what only a server can do to a store: lose data, die, hang, and serve several processes.

mod failover;
mod healing;
mod heartbeat;
mod managed;
mod races;
mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread,
    time::Instant,
};

use bindery_domain::Micros;
use bindery_ledger::{
    Group, Output, Standing, State, Writes,
    sample::{self, RULES, request},
};
use bindery_test_servers::{Proxy, Redis as Server, RedisCluster, Sentinels};

use super::*;

async fn open(access: &Access) -> Redis {
    Redis::connect(access, RULES, Clock::Own).await.unwrap()
}

async fn refusal(access: &Access) -> String {
    Redis::connect(access, RULES, Clock::Own).await.err().expect("it is refused").to_string()
}

async fn claim(store: &Redis, book: &BookId, task: TaskId) -> Answer {
    let claim = Command::Claim { worker: "w".into(), claim: task.to_string(), solo: false };
    store.step(book, task, claim).await.unwrap()
}

/// Does a task, and returns the tasks that this has released.
async fn finish(store: &Redis, book: &BookId, task: TaskId) -> Vec<TaskId> {
    let Answer::Go(grant) = claim(store, book, task).await else { panic!("{task} is not given") };
    let output = sample::output(task, "a lease");
    let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros(1));
    let commit = Command::Commit { fence, edition, parts, output, spent };
    match store.step(book, task, commit).await.unwrap() {
        Answer::Committed { released } => released.into_iter().map(|released| released.task).collect(),
        other => panic!("{task} is not committed: {other:?}"),
    }
}

/// A decision that is not applied yet.
struct Decision {
    before: Book,
    versions: read::Versions,
    answer: Answer,
    writes: Writes,
}

impl Decision {
    async fn of(store: &Redis, book: &BookId, task: TaskId, command: &Command) -> Self {
        let keys = Keys::of(book);
        let asked = read::Asked { keys: &keys, tasks: &BTreeSet::from([task]), others: true };
        let mut connection = store.servers.connections.get().await.unwrap();
        let found = read::group(&mut connection, &asked).await.unwrap().unwrap();
        let before = found.reading.book.clone();
        let mut group = Group::new(&RULES, found.reading);
        let answer = group.step(task, command).unwrap();
        let versions = read::Versions { checked: vec![task], ..found.versions };
        Self { before, versions, answer, writes: group.finish() }
    }

    async fn apply(&self, store: &Redis) -> Result<bool, StoreError> {
        let Self { before, versions, writes, .. } = self;
        let decided = Decided { book: &before.id, before: Some(before), versions, writes };
        apply(&mut store.servers.connections.get().await?, &decided).await
    }
}

async fn planned(store: &Redis, chapters: u32, window: u32) -> (BookId, Vec<TaskId>) {
    let mut request = request("r", chapters);
    request.terms.window = window;
    planned_as(store, &request).await
}

async fn planned_as(store: &Redis, request: &Request) -> (BookId, Vec<TaskId>) {
    store.accept(request, None).await.unwrap();
    let book = request.book_id();
    let released = finish(store, &book, TaskId::Plan).await;
    (book, released)
}

#[tokio::test]
async fn a_server_that_drops_keys_is_refused_with_the_command_to_type() {
    let server = Server::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let refused = refusal(&Access::new(&server.url())).await;
    assert!(refused.contains("CONFIG SET maxmemory-policy noeviction"), "{refused}");
    server.cli(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    open(&Access::new(&server.url())).await;
}

#[tokio::test]
async fn a_server_without_a_limit_or_a_disk_is_reported_as_faulty() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let faults = store.examine().await.unwrap().faults;
    assert!(matches!(&faults[..], [one] if one.contains("maxmemory is not set")), "{faults:?}");
    server.cli(&["CONFIG", "SET", "appendonly", "no"]);
    server.cli(&["CONFIG", "SET", "maxmemory", "64mb"]);
    let faults = store.examine().await.unwrap().faults;
    assert!(matches!(&faults[..], [one] if one.contains("appendonly yes")), "{faults:?}");
    assert!(store.load().await.unwrap().memory.is_some_and(|share| share > 0.0 && share < 1.0));
}

#[tokio::test]
async fn no_error_shows_the_password() {
    let server = Server::start_with_user("bindery", "hush");
    let store = open(&Access::new(&server.url())).await;
    planned(&store, 1, 1).await;
    let wrong = refusal(&Access::new(&server.url().replace("hush", "shush"))).await;
    assert!(wrong.contains("bindery:***@") && !wrong.contains("shush"), "{wrong}");
    server.kill();
    let down = refusal(&Access::new(&server.url())).await;
    assert!(!down.contains("hush"), "{down}");
}

#[tokio::test]
async fn a_server_with_tls_is_trusted_by_its_authority_alone() {
    let (server, other) = (Server::start_tls(), Server::start_tls());
    let access = |server: &Server, authority: &Server| Access {
        ca_file: Some(authority.certificates().unwrap().authority.clone()),
        ..Access::new(&server.url())
    };
    planned(&open(&access(&server, &server)).await, 1, 1).await;
    refusal(&access(&server, &other)).await;
}

#[tokio::test]
async fn sentinels_and_a_cluster_with_tls_are_trusted_by_their_authority_alone() {
    let (sentinels, cluster) = (Sentinels::start_tls(), RedisCluster::start_tls());
    let access =
        |url: String, authority: &std::path::Path| Access { ca_file: Some(authority.to_owned()), ..Access::new(&url) };
    let of_sentinels = &sentinels.certificates().unwrap().authority;
    let of_cluster = &cluster.certificates().unwrap().authority;
    planned(&open(&access(sentinels.url(), of_sentinels)).await, 1, 1).await;
    planned(&open(&access(cluster.url(), of_cluster)).await, 1, 1).await;
    refusal(&access(sentinels.url(), of_cluster)).await;
    refusal(&access(cluster.url(), of_sentinels)).await;
}

#[tokio::test]
async fn a_broken_address_is_refused_before_anything_is_connected_to() {
    for (url, says) in [
        ("redis+sentinel://:hush@127.0.0.1:1", "names no master"),
        ("redis+cluster://:hush@127.0.0.1:1/0", "has more than hosts"),
        ("redis://:hush@127.0.0.1:1,127.0.0.1:2", "redis+cluster://"),
    ] {
        let refused = refusal(&Access::new(url)).await;
        assert!(refused.contains(says) && refused.contains(":***@") && !refused.contains("hush"), "{refused}");
    }
}

#[tokio::test]
async fn every_master_of_a_cluster_is_examined() {
    let cluster = RedisCluster::start();
    let store = open(&Access::new(&cluster.url())).await;
    let last = *cluster.masters().last().unwrap();
    for master in cluster.masters() {
        master.cli(&["CONFIG", "SET", "maxmemory", "64mb"]);
    }
    assert_eq!(store.examine().await.unwrap(), Examination::default());
    last.cli(&["CONFIG", "SET", "appendonly", "no"]);
    last.cli(&["CONFIG", "SET", "maxmemory", "8mb"]);
    let faults = store.examine().await.unwrap().faults;
    let named = |fault: &str| fault.contains(&last.port().to_string()) && fault.contains("appendonly yes");
    assert!(matches!(&faults[..], [one] if named(one)), "{faults:?}");
    assert!(store.load().await.unwrap().memory.is_some_and(|share| share > 0.2), "the fullest of them counts");
    last.cli(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let refused = refusal(&Access::new(&cluster.url())).await;
    assert!(refused.contains(&last.port().to_string()) && refused.contains("noeviction"), "{refused}");
}

#[tokio::test]
async fn answered_commands_survive_a_killed_server_and_the_next_command_finds_the_new_one() {
    let server = Server::start_with(&["--appendfsync", "always"]);
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 3, 2).await;
    finish(&store, &book, TaskId::Write(2)).await;
    server.kill();
    assert!(matches!(store.book(&book).await, Err(StoreError::Failed(_))));
    server.start_again();
    let tasks = store.tasks(&book).await.unwrap();
    let standings: Vec<Standing> = tasks[..4].iter().map(|task| task.standing).collect();
    let expected = [Standing::Done, Standing::Released, Standing::Done, Standing::Released];
    assert_eq!(standings, expected);
    finish(&store, &book, TaskId::Write(1)).await;
    assert_eq!(finish(&store, &book, TaskId::Write(3)).await, [TaskId::Bind]);
}

#[tokio::test]
async fn a_restart_between_two_commands_is_not_noticed() {
    let server = Server::start_with(&["--appendfsync", "always"]);
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    server.kill();
    server.start_again();
    assert!(matches!(claim(&store, &book, TaskId::Write(1)).await, Answer::Go(_)));
}

#[tokio::test]
async fn a_frozen_server_is_an_error_in_time_and_works_again_once_it_thaws() {
    let server = Server::start();
    let access = Access { timeout: Duration::from_millis(300), ..Access::new(&server.url()) };
    let store = open(&access).await;
    let (book, _) = planned(&store, 1, 1).await;
    server.process().freeze();
    let begun = Instant::now();
    let frozen = store.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await;
    assert!(frozen.as_ref().is_err_and(|error| error.to_string().contains("within 300ms")), "{frozen:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    server.process().thaw();
    assert!(matches!(claim(&store, &book, TaskId::Write(1)).await, Answer::Go(_)));
}

#[tokio::test]
async fn a_server_that_is_busy_with_one_command_is_an_error_in_time_and_works_again() {
    let server = Server::start_with(&["--enable-debug-command", "yes"]);
    let access = Access { timeout: Duration::from_millis(300), ..Access::new(&server.url()) };
    let store = open(&access).await;
    let (book, _) = planned(&store, 1, 1).await;
    let server = Arc::new(server);
    let asleep = tokio::task::spawn_blocking({
        let server = server.clone();
        move || server.cli(&["DEBUG", "SLEEP", "1.5"])
    });
    let late = async {
        loop {
            // The server's sleep begins at one of these.
            if let Err(error) =
                store.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await
            {
                break error.to_string();
            }
        }
    };
    let late = tokio::time::timeout(Duration::from_secs(30), late).await.expect("one of the commands is late");
    assert!(late.contains("within 300ms"), "{late}");
    assert_eq!(asleep.await.unwrap(), "OK");
    assert!(matches!(store.load().await, Ok(Load { open_books: 1, .. })));
}

#[tokio::test]
async fn a_slow_network_is_an_error_in_time_and_a_fast_one_works_again() {
    let server = Server::start();
    let proxy = Proxy::start(server.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let store = open(&Access { timeout: Duration::from_millis(300), ..Access::new(&url) }).await;
    let (book, _) = planned(&store, 1, 1).await;
    proxy.delay(Duration::from_millis(400));
    let slow = store.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await;
    assert!(slow.as_ref().is_err_and(|error| error.to_string().contains("within 300ms")), "{slow:?}");
    proxy.blackhole();
    let lost = store.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await;
    assert!(lost.is_err(), "{lost:?}");
    proxy.pass();
    assert!(matches!(claim(&store, &book, TaskId::Write(1)).await, Answer::Go(_)));
}

/// Claims a chapter, and returns the commit for it, which spends one.
async fn ready(store: &Redis, book: &BookId, task: TaskId) -> Command {
    let Answer::Go(grant) = claim(store, book, task).await else { panic!("{task} is not given") };
    let output = Output::Chapter { text: "a text".into(), length: 2, summary: None, remarks: Vec::new(), sections: 0 };
    Command::Commit { fence: grant.fence, edition: grant.task.edition, parts: Vec::new(), output, spent: Micros(1) }
}

#[tokio::test]
async fn a_commit_that_ran_and_timed_out_gets_the_same_answer_when_repeated() {
    let server = Server::start();
    let access = Access { timeout: Duration::from_millis(300), ..Access::new(&server.url()) };
    let store = open(&access).await;
    let (book, _) = planned(&store, 1, 1).await;
    let task = TaskId::Write(1);
    let commit = ready(&store, &book, task).await;
    let decision = Decision::of(&store, &book, task, &commit).await;
    let answer = decision.answer.clone();
    server.process().freeze();
    let late = decision.apply(&store).await;
    assert!(late.as_ref().is_err_and(|error| error.to_string().contains("may have run")), "{late:?}");
    server.process().thaw();
    assert_eq!(store.step(&book, task, commit.clone()).await.unwrap(), answer);
    assert_eq!(store.step(&book, task, commit).await.unwrap(), answer);
    let record = store.book(&book).await.unwrap().unwrap();
    assert_eq!(record.money.spent, Micros(2), "the plan and the chapter spent one each");
}

#[tokio::test]
async fn a_commit_gets_the_same_answer_wherever_its_connection_is_cut() {
    let server = Server::start();
    let proxy = Proxy::start(server.port());
    let direct = open(&Access::new(&server.url())).await;
    let through = format!("redis://127.0.0.1:{}", proxy.port());
    let store = open(&Access { connections: 1, ..Access::new(&through) }).await;
    for (nth, bytes) in (1..6_000).step_by(149).enumerate() {
        let mut request = request(&format!("r{nth}"), 1);
        request.terms.window = 1;
        direct.accept(&request, None).await.unwrap();
        let book = request.book_id();
        finish(&direct, &book, TaskId::Plan).await;
        let commit = ready(&direct, &book, TaskId::Write(1)).await;
        proxy.cut_after(bytes);
        let mut answer = store.step(&book, TaskId::Write(1), commit.clone()).await;
        if answer.is_err() {
            answer = store.step(&book, TaskId::Write(1), commit).await;
        }
        let released: Vec<TaskId> = match answer {
            Ok(Answer::Committed { released }) => released.into_iter().map(|released| released.task).collect(),
            other => panic!("after {bytes} bytes: {other:?}"),
        };
        assert_eq!(released, [TaskId::Bind], "after {bytes} bytes");
        assert_eq!(direct.book(&book).await.unwrap().unwrap().money.spent, Micros(2), "after {bytes} bytes");
        // Cuts the connections that are not cut yet.
        proxy.pass();
    }
}

/// Writes chapters as they are released, many at once; returns how often each task was released.
async fn race(stores: [&Redis; 2], book: &BookId, first: Vec<TaskId>) -> BTreeMap<TaskId, u32> {
    let mut released = BTreeMap::new();
    let mut wave = first;
    while !wave.is_empty() {
        for task in &wave {
            *released.entry(*task).or_default() += 1;
        }
        let chapters: Vec<TaskId> = wave.into_iter().filter(|task| *task != TaskId::Bind).collect();
        let work = chapters.iter().enumerate().map(|(nth, task)| finish(stores[nth % 2], book, *task));
        wave = future::join_all(work).await.concat();
    }
    released
}

#[tokio::test]
async fn two_processes_that_race_on_one_book_lose_nothing_and_release_each_task_once() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (one, other) = (open(&access).await, open(&access).await);
    // With a budget, each claim and each commit changes the book's record.
    let mut request = request("r", 40);
    (request.terms.window, request.terms.budget) = (8, Some(Micros(10_000)));
    let (book, first) = planned_as(&one, &request).await;
    let released = race([&one, &other], &book, first).await;
    let expected: BTreeMap<TaskId, u32> =
        (1..=40).map(TaskId::Write).chain([TaskId::Bind]).map(|task| (task, 1)).collect();
    assert_eq!(released, expected);
    let record = one.book(&book).await.unwrap().unwrap();
    assert_eq!((record.state, record.money.reserved), (State::Binding, Micros::ZERO));
    assert_eq!(record.money.spent, Micros(41), "each of the commits has spent one");
    let events = one.events(&book, 0, 1_000).await.unwrap();
    let done: std::collections::BTreeSet<TaskId> =
        events.iter().filter(|event| event.what.name() == "chapter_done").filter_map(|event| event.task).collect();
    assert_eq!(done.len(), 40);
    let numbers: Vec<u64> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn lost_hints_are_found_again_from_the_books() {
    let server = Server::start();
    let (access, rules) = (Access::new(&server.url()), Rules { publish_grace: Duration::ZERO, ..RULES });
    let mut store = Redis::connect(&access, rules, Clock::Own).await.unwrap();
    store.accept(&request("r", 1), None).await.unwrap();
    assert_eq!(store.due(&Scope::All, 10).await.unwrap().items.len(), 1);
    server.cli(&["DEL", keys::DUE, keys::UNPUBLISHED]);
    assert!(store.due(&Scope::All, 10).await.unwrap().items.is_empty(), "it is not yet time to heal");
    assert!(store.unpublished_events(10).await.unwrap().is_empty());
    store.healing = Duration::ZERO;
    let due = store.due(&Scope::All, 10).await.unwrap();
    assert_eq!((due.items.len(), due.healed), (1, 2));
    assert_eq!(store.unpublished_events(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_deleted_book_leaves_no_key() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 2, 2).await;
    finish(&store, &book, TaskId::Write(1)).await;
    assert!(store.delete(&book).await.unwrap());
    assert_eq!(server.cli(&["KEYS", "*"]), "");
}

#[tokio::test]
async fn a_deletion_that_was_interrupted_can_be_found_and_repeated() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    let texts = || server.cli(&["KEYS", "*:text:*"]);
    assert!(!texts().trim().is_empty(), "the book has texts");
    // The texts cannot be removed for now.
    let patterns = ["book", "tasks", "versions", "waiting", "released", "dead", "owed", "due", "events", "texts"];
    let patterns: Vec<String> = patterns.iter().map(|part| format!("~bindery:*:{part}")).collect();
    let mut refuse = vec!["ACL", "SETUSER", "default", "resetkeys", "~bindery:{index}:*"];
    refuse.extend(patterns.iter().map(String::as_str));
    server.cli(&refuse);
    store.delete(&book).await.unwrap_err();
    assert_eq!(store.books().await.unwrap().len(), 1, "nobody would find what is left of the book");
    server.cli(&["ACL", "SETUSER", "default", "allkeys"]);
    assert!(store.delete(&book).await.unwrap());
    assert_eq!(texts().trim(), "");
}

#[tokio::test]
async fn a_server_that_cannot_save_its_snapshots_fails_the_probe_and_is_read_all_the_same() {
    let server = Server::start_with(&["--save", "3600 1", "--appendonly", "no"]);
    let store = open(&Access::new(&server.url())).await;
    store.accept(&request("r", 1), None).await.unwrap();
    store.probe().await.unwrap();
    // A folder stands where the server would put its snapshot.
    let folder = server.cli(&["CONFIG", "GET", "dir"]).lines().nth(1).unwrap().to_owned();
    std::fs::create_dir(std::path::Path::new(&folder).join("dump.rdb")).unwrap();
    server.cli(&["BGSAVE"]);
    while !server.cli(&["INFO", "persistence"]).contains("rdb_last_bgsave_status:err") {
        tokio::task::yield_now().await;
    }
    let refused = store.probe().await.unwrap_err().to_string();
    assert!(refused.contains("MISCONF"), "{refused}");
    assert_eq!(store.books().await.unwrap().len(), 1);
}
