//! Servers that do not allow every command, as managed ones do not.

use super::*;
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
    store.accept(&request("a", 3), None).await.unwrap();
    assert_eq!(store.sync(&BookId::of("t", "a")).await.unwrap(), Some(Durability::Unknown));
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
