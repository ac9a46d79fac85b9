//! Waiting until a replica has what was accepted, so that the loss of a master is not the loss of the book.

use std::{collections::BTreeMap, time::Duration};

use redis::InfoDict;

use super::{connect::Connection, keys::{self, Keys}};
use crate::StoreError;

/// How long a replica is waited for. A book that none has confirmed then is accepted all the same.
const PATIENCE: Duration = Duration::from_millis(200);

/// Waits until one replica has what was written on this connection of a book and of the indexes that name it, where its
/// masters have replicas.
pub(super) async fn wait(connection: &mut Connection, book: &Keys) -> Result<(), StoreError> {
    let mut ask = redis::cmd("INFO");
    ask.arg("server").arg("replication");
    let book = book.book();
    let keys = [book.as_str(), keys::OPEN];
    let told: Vec<InfoDict> = connection.masters_of(&keys, &ask).await?;
    // Both may lie with one master, which would wait for the one and then for the other.
    let replicated = told.iter().zip(keys).filter(|(info, _)| info.get::<u64>("connected_slaves").unwrap_or(0) > 0);
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
