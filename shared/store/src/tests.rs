//! The port's promises, kept by each adapter. A new adapter is added to [`Kind`], and as one more module.

use std::ops::Deref;

use bindery_test_servers::{Redis, RedisCluster, Sentinels};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::{
    Access, Clock, StoreError,
    conformance::{Bench, RULES},
    connect,
};

/// The adapters under test, and the ways to reach a Redis.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Sqlite,
    Redis,
    /// A user with the rights that docs/managed.md publishes, and no others.
    Limited,
    Tls,
    Sentinels,
    Cluster,
}

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
            Self::Limited => {
                let server = Redis::start_with(&["--maxmemory", "256mb"]);
                let url = limited(&server, &[]);
                Bench::open(Access::new(&url), server).await
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

/// Makes a user with the rights that the guide publishes and with these changes to them. Returns the address of the server for
/// that user.
pub(super) fn limited(server: &Redis, changes: &[&str]) -> String {
    let guide = include_str!("../../../docs/managed.md");
    let rights = guide.lines().find_map(|line| line.strip_prefix("ACL SETUSER bindery on >PASSWORD ")).unwrap();
    let user = ["ACL", "SETUSER", "bindery", "on", ">press"];
    server.cli(&user.into_iter().chain(rights.split(' ')).chain(changes.iter().copied()).collect::<Vec<_>>());
    server.url().replace("redis://", "redis://bindery:press@")
}

fn empty(server: &Redis) {
    server.cli(&["FLUSHALL"]);
    server.cli(&["CONFIG", "SET", "maxmemory", "256mb"]);
}

mod sqlite {
    use super::Kind;

    crate::conformance_tests!(Kind::Sqlite.open());
}

mod redis {
    use super::Kind;

    crate::conformance_tests!(Kind::Redis.open());
}

mod limited {
    use super::Kind;

    crate::conformance_tests!(Kind::Limited.open());
}

mod tls {
    use super::Kind;

    crate::conformance_tests!(Kind::Tls.open());
}

mod sentinels {
    use super::Kind;

    crate::conformance_tests!(Kind::Sentinels.open());
}

mod cluster {
    use super::Kind;

    crate::conformance_tests!(Kind::Cluster.open());
}

#[tokio::test]
async fn an_unknown_url_is_refused_with_the_known_forms() {
    let refused = connect(&Access::new("punchcards:"), RULES, Clock::Own).await.err().expect("no such store");
    assert!(matches!(refused, StoreError::UnknownUrl(_)));
    assert!(refused.to_string().contains("sqlite:FILE"));
}

#[test]
fn every_promise_is_listed() {
    let listed = include_str!("conformance.rs");
    let suite = [
        listed,
        include_str!("conformance/books.rs"),
        include_str!("conformance/events.rs"),
        include_str!("conformance/retention.rs"),
        include_str!("conformance/track_records.rs"),
    ];
    let promises = suite.iter().flat_map(|part| part.lines());
    for promise in promises.filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next()) {
        assert!(listed.lines().any(|line| line.trim() == promise), "conformance_tests! does not list {promise}");
    }
}
