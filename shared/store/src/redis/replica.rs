//! Waiting until a replica has an accepted book, so that losing a master does not lose the book.

use std::{collections::BTreeMap, time::Duration};

use redis::InfoDict;

use super::{
    connect::Connection,
    keys::{self, Keys},
};
use crate::StoreError;

/// How long to wait for a replica. If none confirms the book in this time, the book is still accepted.
const PATIENCE: Duration = Duration::from_millis(200);

/// Waits until one replica has what this connection wrote about a book and to the indexes that name it. Masters without
/// replicas are not waited for.
pub(super) async fn wait(connection: &mut Connection, book: &Keys) -> Result<(), StoreError> {
    let mut ask = redis::cmd("INFO");
    ask.arg("server").arg("replication");
    let book = book.book();
    let keys = [book.as_str(), keys::OPEN];
    let answers: Vec<InfoDict> = connection.masters_of(&keys, &ask).await?;
    // Both keys may be on one master, which would wait for one and then for the other.
    let replicated = answers.iter().zip(keys).filter(|(info, _)| info.get::<u64>("connected_slaves").unwrap_or(0) > 0);
    let masters: BTreeMap<String, &str> =
        replicated.map(|(info, key)| (info.get("run_id").unwrap_or_default(), key)).collect();
    if masters.is_empty() {
        return Ok(());
    }
    let patience = PATIENCE.min(connection.timeout() / 2);
    let mut wait = redis::cmd("WAIT");
    wait.arg(1).arg(patience.as_millis().to_string());
    let replicas: Vec<u64> = connection.masters_of(&masters.into_values().collect::<Vec<_>>(), &wait).await?;
    if replicas.contains(&0) {
        tracing::warn!("no replica of the store has confirmed an accepted book within {patience:?}");
    }
    Ok(())
}
