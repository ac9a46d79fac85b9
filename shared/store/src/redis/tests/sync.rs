//! Tests that an accepted book is on the server's disk, and on a replica if there is one.

use std::sync::atomic::{AtomicU32, Ordering};

use bindery_test_servers::Holders;
use tracing::{Event as Logged, Level, Metadata, Subscriber, span};

use super::*;

/// Counts the warnings that this thread logs.
struct Warnings(Arc<AtomicU32>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN && metadata.target().starts_with("bindery_store")
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn event(&self, _event: &Logged<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

/// Starts a server that writes to its disk before it answers, so that no test waits for the disk.
fn start() -> Server {
    Server::start_with(&["--appendfsync", "always"])
}

/// Accepts a book and waits until it is safe; returns how long that took and how many warnings were logged.
async fn accept(store: &Redis, id: &str) -> (Duration, u32) {
    let begun = Instant::now();
    let (durability, warnings) = accept_logged(store, id).await;
    durability.expect("the book is stored");
    (begun.elapsed(), warnings)
}

/// Accepts a book and waits until it is safe; returns how safe it is and how many warnings were logged.
pub(super) async fn accept_logged(store: &Redis, id: &str) -> (Option<Durability>, u32) {
    let warnings = Arc::new(AtomicU32::new(0));
    let _logging = tracing::subscriber::set_default(Warnings(warnings.clone()));
    let accepted = store.accept(&request(id, 1), None).await.unwrap();
    assert!(matches!(accepted, Accepted::New(_)), "{accepted:?}");
    let durability = store.sync(&BookId::of("t", id)).await.unwrap();
    (durability, warnings.load(Ordering::SeqCst))
}

/// Starts a replica of the server at a port, and waits until it has caught up.
pub(super) fn replica(port: u16) -> Server {
    let replica = Server::start_with(&["--replicaof", "127.0.0.1", &port.to_string()]);
    let until = Instant::now() + Duration::from_secs(30);
    while !replica.cli(&["INFO", "replication"]).contains("master_link_status:up") {
        assert!(Instant::now() < until, "the replica does not follow");
        thread::sleep(Duration::from_millis(10));
    }
    replica
}

/// Returns how often a server was asked to wait for its replicas.
fn waits(server: &Server) -> u32 {
    let stats = server.cli(&["INFO", "commandstats"]);
    let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_wait:calls=")?.split(',').next());
    calls.map_or(0, |calls| calls.parse().unwrap())
}

#[tokio::test]
async fn a_server_without_replicas_is_not_asked_to_wait_for_any() {
    let server = start();
    let store = open(&Access::new(&server.url())).await;
    assert_eq!(accept(&store, "r").await.1, 0);
    assert_eq!(waits(&server), 0);
}

#[tokio::test]
async fn a_book_is_safe_once_a_replica_has_it() {
    let server = start();
    let store = open(&Access::new(&server.url())).await;
    let network = Proxy::start(server.port());
    let replica = replica(network.port());
    let each_way = Duration::from_millis(40);
    network.delay(each_way);
    // On a busy machine, the replica may be too late. The store then logs a warning and promises nothing.
    let mut tried = 0;
    let name = loop {
        tried += 1;
        let name = format!("book {tried}");
        let (took, warnings) = accept(&store, &name).await;
        assert!(took >= 2 * each_way, "it took {took:?}, less than the way to the replica and back");
        if warnings == 0 {
            break name;
        }
        assert!(tried < 20, "the replica never confirms in time");
    };
    assert_eq!(replica.cli(&["EXISTS", &Keys::of(&BookId::of("t", &name)).book()]), "1");
    assert_eq!(waits(&server), tried);
}

#[tokio::test]
async fn a_frozen_replica_blocks_no_book_and_logs_a_warning() {
    let server = start();
    let store = open(&Access::new(&server.url())).await;
    let replica = replica(server.port());
    replica.process().freeze();
    let (took, warnings) = accept(&store, "r").await;
    assert!((Duration::from_millis(200)..Duration::from_secs(3)).contains(&took), "it took {took:?}");
    assert_eq!(warnings, 1);
    replica.process().thaw();
}

#[tokio::test]
async fn the_master_that_sentinels_name_waits_for_its_replica() {
    let sentinels = Sentinels::start();
    let store = open(&Access::new(&sentinels.url())).await;
    accept(&store, "first").await;
    assert_eq!(waits(sentinels.master()), 1);
    sentinels.replica().process().freeze();
    assert_eq!(accept(&store, "second").await.1, 1);
    sentinels.replica().process().thaw();
}

#[tokio::test]
async fn the_masters_of_a_book_and_of_the_indexes_wait_for_their_replicas() {
    let cluster = RedisCluster::start();
    let store = open(&Access::new(&cluster.url())).await;
    let indexes = cluster.holders(keys::OPEN);
    let of = |id: &str| cluster.holders(&Keys::of(&BookId::of("t", id)).book());
    let books = ["a", "b", "c", "d", "e", "f"].map(of);
    let Holders { master, replica } =
        books.into_iter().find(|book| book.master.port() != indexes.master.port()).unwrap();
    let mut ids = (0..).map(|n| format!("r{n}")).filter(|id| of(id).master.port() == master.port());
    let mut next = || ids.next().unwrap();
    let first = next();
    accept(&store, &first).await;
    assert_eq!((waits(master), waits(indexes.master)), (1, 1));
    assert_eq!(replica.cli(&["-c", "EXISTS", &Keys::of(&BookId::of("t", &first)).book()]), "1");
    for frozen in [replica, indexes.replica] {
        frozen.process().freeze();
        let warned = accept(&store, &next()).await.1;
        frozen.process().thaw();
        assert_eq!(warned, 1);
    }
}

/// Returns whether a server can confirm that a write is on its disk.
fn confirms(server: &Server) -> bool {
    let info = server.cli(&["INFO", "server"]);
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:")).expect("a server has a version");
    let numbers: Vec<u32> = version.trim().split('.').map(|number| number.parse().unwrap()).collect();
    numbers[..2] >= [7, 2][..]
}

async fn synced(settings: &[&str]) -> (Server, Durability, Duration) {
    let server = Server::start_with(settings);
    let store = open(&Access::new(&server.url())).await;
    let book = BookId::of("t", "r");
    store.accept(&request("r", 1), None).await.unwrap();
    let begun = Instant::now();
    let durability = store.sync(&book).await.unwrap().expect("the book is stored");
    assert_eq!(store.durability().await.unwrap(), durability, "what is said beforehand holds");
    (server, durability, begun.elapsed())
}

#[tokio::test]
async fn a_server_that_flushes_each_second_confirms_the_flush_or_is_waited_for() {
    let (server, durability, took) = synced(&[]).await;
    if confirms(&server) {
        assert_eq!(durability, Durability::Disk);
        assert!(server.cli(&["INFO", "commandstats"]).contains("cmdstat_waitaof:calls=1"));
    } else {
        assert_eq!(durability, Durability::FlushInterval);
        assert!(took >= Duration::from_secs(2), "{took:?}");
    }
}

#[tokio::test]
async fn a_server_that_flushes_with_each_write_is_not_waited_for() {
    let (_server, durability, _) = synced(&["--appendfsync", "always"]).await;
    assert_eq!(durability, Durability::Disk);
}

#[tokio::test]
async fn a_server_without_a_log_says_that_it_keeps_books_in_memory_alone() {
    for settings in [["--appendonly", "no"], ["--appendfsync", "no"]] {
        let (_server, durability, _) = synced(&settings).await;
        assert_eq!(durability, Durability::Memory);
    }
}

#[tokio::test]
async fn a_disk_that_does_not_write_in_time_is_an_error() {
    // This server never writes to its disk by itself. As managed servers do, it tells nobody how it is set up.
    let server = Server::start_with(&["--appendfsync", "no", "--rename-command", "CONFIG", "HIDDEN"]);
    if !confirms(&server) {
        return;
    }
    let store = open(&Access { timeout: Duration::from_secs(2), ..Access::new(&server.url()) }).await;
    store.accept(&request("r", 1), None).await.unwrap();
    let late = store.sync(&BookId::of("t", "r")).await.unwrap_err().to_string();
    assert!(late.contains("has not written to its disk"), "{late}");
}

#[tokio::test]
async fn a_book_that_the_server_loses_while_it_is_waited_for_is_not_called_safe() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let before = server.snapshot();
    store.accept(&request("r", 1), None).await.unwrap();
    let book = BookId::of("t", "r");
    let waiting = store.sync(&book);
    let losing = async {
        // The key that is written before the wait tells that the wait has begun.
        while server.cli(&["EXISTS", &Keys::of(&book).synced()]) != "1" {
            tokio::task::yield_now().await;
        }
        server.roll_back(&before);
    };
    let (waited, ()) = tokio::join!(waiting, losing);
    // A server that confirms the flush may answer before it is killed, or break the connection.
    match waited {
        Err(_) => {}
        Ok(durability) if confirms(&server) => assert_ne!(durability, Some(Durability::FlushInterval)),
        Ok(durability) => assert_eq!(durability, None),
    }
    assert_eq!(store.sync(&book).await.unwrap(), None);
}
