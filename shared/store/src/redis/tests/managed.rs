//! Servers that do not allow every command, as managed ones do not.

use super::{
    sync::{accept_logged, replica},
    *,
};
use crate::{Durability, tests::limited};

/// Returns the address of a server for a user who has the rights that the guide publishes, but not these commands.
fn refusing(server: &Server, commands: &[&str]) -> String {
    let is_known = |command: &&&str| !server.cli(&["COMMAND", "INFO", command]).is_empty();
    let refused: Vec<String> = commands.iter().filter(is_known).map(|command| format!("-{command}")).collect();
    limited(server, &refused.iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_server_that_refuses_to_tell_and_to_wait_takes_books_and_is_reported_as_unknown() {
    let server = Server::start_with(&["--maxmemory", "256mb"]);
    let store =
        open(&Access::new(&refusing(&server, &["info", "config", "wait", "waitaof", "client", "command"]))).await;
    assert_eq!(accept_logged(&store, "a").await, (Some(Durability::Unknown), 1));
    assert_eq!(accept_logged(&store, "b").await, (Some(Durability::Unknown), 0), "it is said once");
    store.beat(None).await.unwrap();
    let found = store.examine().await.unwrap();
    assert_eq!(found.faults, [""; 0]);
    assert!(matches!(&found.unknown[..], [one] if one.contains("tells nothing")), "{found:?}");
    assert_eq!(store.load().await.unwrap().memory, None);
}

#[tokio::test]
async fn a_server_that_refuses_to_wait_for_its_disk_is_given_the_time_to_write() {
    let server = Server::start_with(&["--maxmemory", "256mb", "--appendonly", "yes"]);
    let store = open(&Access::new(&refusing(&server, &["wait", "waitaof"]))).await;
    store.accept(&request("a", 1), None).await.unwrap();
    assert_eq!(store.sync(&BookId::of("t", "a")).await.unwrap(), Some(Durability::FlushInterval));
}

#[tokio::test]
async fn a_server_without_the_command_to_wait_for_replicas_takes_books_and_that_is_logged_once() {
    let server = Server::start_with(&["--appendonly", "no", "--rename-command", "WAIT", ""]);
    let store = open(&Access::new(&server.url())).await;
    let _replica = replica(server.port());
    assert_eq!(accept_logged(&store, "a").await, (Some(Durability::Memory), 1));
    assert_eq!(accept_logged(&store, "b").await, (Some(Durability::Memory), 0), "it is said once");
}

#[tokio::test]
async fn a_server_without_a_command_for_its_settings_is_told_to_change_none() {
    let server = Server::start_with(&["--appendonly", "no", "--rename-command", "CONFIG", ""]);
    let store = open(&Access::new(&server.url())).await;
    let found = store.examine().await.unwrap();
    assert_eq!(found.faults, [""; 0]);
    assert!(matches!(&found.unknown[..], [one, other] if one.contains("no limit") && other.contains("not known")));
}

#[tokio::test]
async fn a_server_that_cannot_write_its_snapshot_says_so_and_refuses_a_write() {
    let server = Server::start_with(&["--save", "3600 1", "--maxmemory", "256mb"]);
    let store = open(&Access::new(&server.url())).await;
    store.probe().await.unwrap();
    server.fail_snapshots(true);
    let found = store.examine().await.unwrap();
    assert!(matches!(&found.faults[..], [one] if one.contains("rdb_last_bgsave_status:err")), "{found:?}");
    let refused = store.probe().await.unwrap_err().to_string();
    assert!(refused.contains("MISCONF"), "{refused}");
    server.fail_snapshots(false);
    store.probe().await.unwrap();
    assert_eq!(store.examine().await.unwrap(), Examination::default());
}

#[tokio::test]
async fn a_server_that_hides_its_settings_and_keeps_no_log_is_reported_as_unknown() {
    let server = Server::start_with(&["--maxmemory", "256mb", "--appendonly", "no"]);
    let store = open(&Access::new(&refusing(&server, &["config"]))).await;
    let found = store.examine().await.unwrap();
    assert_eq!(found.faults, [""; 0]);
    assert!(matches!(&found.unknown[..], [one] if one.contains("what it keeps is not known")), "{found:?}");
}

#[tokio::test]
async fn a_policy_that_drops_only_keys_with_a_time_to_live_is_accepted_and_keeps_the_books() {
    let server = Server::start_with(&["--maxmemory", "4mb", "--maxmemory-policy", "volatile-lru"]);
    let store = open(&Access::new(&server.url())).await;
    store.accept(&request("a", 3), None).await.unwrap();
    // Others' keys take the rest of the memory until the server refuses them.
    let value = "x".repeat(100_000);
    let refuses = |number: &u32| server.cli(&["SET", &format!("other:{number}"), &value]).contains("OOM");
    assert!((0..100).find(refuses).is_some_and(|number| number > 0), "the memory is not full");
    assert!(store.book(&BookId::of("t", "a")).await.unwrap().is_some(), "the book is still there");
}
