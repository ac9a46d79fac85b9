//! The keys of callers, all under one key of the server. The name of its hash slot is not that of any book.

use super::{connect::Connections, keys};
use crate::{AccessKey, StoreError, record};

/// Stores a key, in place of the one with its id.
pub(super) async fn put(connections: &Connections, key: &AccessKey) -> Result<(), StoreError> {
    let mut put = redis::pipe();
    put.cmd("HSET").arg(keys::ACCESS_KEYS).arg(&key.id).arg(record::encode(key)).ignore();
    connections.query(&put).await
}

/// Returns the key with an id.
pub(super) async fn read(connections: &Connections, id: &str) -> Result<Option<AccessKey>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("HGET").arg(keys::ACCESS_KEYS).arg(id);
    let (json,): (Option<String>,) = connections.query(&ask).await?;
    json.map(|json| record::decode("key", &json)).transpose()
}

/// Returns all keys.
pub(super) async fn all(connections: &Connections) -> Result<Vec<AccessKey>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("HVALS").arg(keys::ACCESS_KEYS);
    let (records,): (Vec<String>,) = connections.query(&ask).await?;
    records.iter().map(|json| record::decode("key", json)).collect()
}
