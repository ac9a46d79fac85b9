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
    assert_eq!((second.counts.as_slice(), setback), ([2].as_slice(), None));
    let (third, _) = beat(&store, &second).await;
    assert_eq!(store.examine().await.unwrap().faults.len(), 1, "its memory has no limit");
    server.roll_back(&snapshot);
    let (back, setback) = beat(&store, &third).await;
    assert_eq!(setback, Some(Setback::WentBack));
    let faults = store.examine().await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("went back to an earlier state")), "{faults:?}");
    assert_eq!(beat(&store, &back).await.1, None, "one loss is noticed once");
    server.cli(&["FLUSHALL"]);
    assert_eq!(beat(&store, &back).await.1, Some(Setback::Emptied));
    let faults = store.examine().await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("was emptied")), "{faults:?}");
    server.cli(&["HSET", keys::HEARTBEAT, "lost_at", "1"]);
    assert_eq!(store.examine().await.unwrap().faults.len(), 1);
}

#[tokio::test]
async fn a_process_that_was_held_up_learns_of_a_loss_that_another_has_noted() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (quick, slow) = (open(&access).await, open(&access).await);
    let (of_quick, of_slow) = (quick.beat(None).await.unwrap(), slow.beat(None).await.unwrap());
    let snapshot = server.snapshot();
    let (mut of_quick, _) = beat(&quick, &of_quick).await;
    server.roll_back(&snapshot);
    let noticed = beat(&quick, &of_quick).await;
    assert_eq!(noticed.1, Some(Setback::WentBack));
    of_quick = noticed.0;
    for _ in 0..5 {
        let next = beat(&quick, &of_quick).await;
        assert_eq!(next.1, None, "one loss is noticed once");
        of_quick = next.0;
    }
    let (of_slow, setback) = beat(&slow, &of_slow).await;
    assert_eq!(setback, Some(Setback::WentBack), "the counts alone no longer show it");
    assert_eq!(beat(&slow, &of_slow).await.1, None, "one loss is noticed once");
    assert_eq!(beat(&quick, &of_quick).await.1, None, "one loss is noted once");
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
async fn the_loss_of_one_master_of_a_cluster_is_noticed() {
    let cluster = RedisCluster::start();
    for (nth, key) in keys::beats().enumerate() {
        let slot: usize = cluster.nodes()[0].cli(&["CLUSTER", "KEYSLOT", &key]).parse().unwrap();
        assert_eq!(slot / 512, nth, "{key} is not where a master without other counters may be");
    }
    let store = open(&Access::new(&cluster.url())).await;
    let mut seen = store.beat(None).await.unwrap();
    assert_eq!(seen.masters.split(' ').count(), 3);
    for master in cluster.masters() {
        let counts = |server: &Server| {
            let keys = server.cli(&["KEYS", "bindery:{beat-*}:heartbeat"]);
            keys.lines().map(|key| (key.to_owned(), server.cli(&["HGET", key, "count"]))).collect::<Vec<_>>()
        };
        let before = counts(master);
        assert!(before.len() >= 10, "a third of the counters is on each master: {before:?}");
        let (next, setback) = beat(&store, &seen).await;
        assert_eq!(setback, None);
        // This is what a master has lost that comes back without its last second.
        for (key, count) in before {
            master.cli(&["HSET", &key, "count", &count]);
        }
        let (back, setback) = beat(&store, &next).await;
        assert_eq!(setback, Some(Setback::WentBack), "only {} has lost something", master.port());
        assert_eq!(beat(&store, &back).await.1, None, "one loss is noticed once");
        seen = back;
    }
    let faults = store.examine().await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("went back to an earlier state")), "{faults:?}");
}
