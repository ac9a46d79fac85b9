//! Is every book finished once, whole and in order when a master of the store is killed and replaced?

use std::thread;

use bindery_test_servers::{RedisCluster, Sentinels};

use crate::support::{Fleet, Outline};

/// Writes books while a master is killed and replaced, and one more afterwards.
fn survive(url: &str, harm: impl FnOnce() + Send) {
    let mut fleet = Fleet::with_store(url).serving(&["dispatcher", "dispatcher", "worker", "worker", "assembler"]);
    fleet.allows_heals();
    let books = thread::scope(|scope| {
        let harming = scope.spawn(harm);
        let mut books = Vec::new();
        loop {
            let harmed = harming.is_finished();
            let mut outline = Outline::of(&["Moons", "Staffs", "Charts", "Buoys", "Lamps"]);
            outline.title = format!("{} {}", outline.title, books.len());
            books.push(fleet.order(outline));
            if harmed {
                return books;
            }
        }
    });
    for book in &books {
        assert_eq!(fleet.finishes(book).book("edition"), 1, "it was written more than once");
    }
}

#[test]
#[ignore = "a failover takes long; tests/long runs it"]
fn books_are_whole_after_a_master_of_the_cluster_is_killed() {
    let cluster = RedisCluster::start();
    survive(&cluster.url(), || cluster.kill_a_master());
}

#[test]
#[ignore = "a failover takes long; tests/long runs it"]
fn books_are_whole_after_sentinels_replace_a_killed_master() {
    let sentinels = Sentinels::start();
    survive(&sentinels.url(), || sentinels.fail_over());
}
