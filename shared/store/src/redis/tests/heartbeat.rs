//! Tests that a server that has lost writes is noticed.

use super::*;
use crate::Setback;

/// Returns the next heartbeat, and what became of the server since the last one.
async fn beat(store: &Redis, seen: &Heartbeat) -> (Heartbeat, Option<Setback>) {
    let now = store.beat(Some(seen)).await.unwrap();
    let setback = now.setback_since(seen);
    (now, setback)
}

#[tokio::test]
async fn a_server_that_was_rolled_back_or_emptied_is_noticed_and_named_for_a_week() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let first = store.beat(None).await.unwrap();
    let snapshot = server.snapshot();
    let (second, setback) = beat(&store, &first).await;
    assert_eq!((second.count, setback), (2, None));
    let (third, _) = beat(&store, &second).await;
    assert_eq!(store.examine().await.unwrap().len(), 1, "its memory has no limit");
    server.roll_back(&snapshot);
    let (back, setback) = beat(&store, &third).await;
    assert_eq!(setback, Some(Setback::WentBack));
    let faults = store.examine().await.unwrap();
    assert!(faults.iter().any(|fault| fault.contains("went back to an earlier state")), "{faults:?}");
    assert_eq!(beat(&store, &back).await.1, None, "one loss is noticed once");
    server.cli(&["FLUSHALL"]);
    assert_eq!(beat(&store, &back).await.1, Some(Setback::Emptied));
    let faults = store.examine().await.unwrap();
    assert!(faults.iter().any(|fault| fault.contains("was emptied")), "{faults:?}");
    server.cli(&["HSET", keys::HEARTBEAT, "lost_at", "1"]);
    assert_eq!(store.examine().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_restarts_with_all_its_data_has_lost_nothing() {
    let server = Server::start_with(&["--appendfsync", "always"]);
    let store = open(&Access::new(&server.url())).await;
    let seen = store.beat(None).await.unwrap();
    server.kill();
    server.start_again();
    let (_, setback) = beat(&store, &seen).await;
    assert!(setback.is_none_or(|setback| !setback.is_loss()), "{setback:?}");
}

#[tokio::test]
async fn a_cluster_has_one_heartbeat() {
    let cluster = RedisCluster::start();
    let store = open(&Access::new(&cluster.url())).await;
    let seen = store.beat(None).await.unwrap();
    assert_eq!(seen.masters.split(' ').count(), 3);
    assert_eq!(beat(&store, &seen).await.1, None);
}
