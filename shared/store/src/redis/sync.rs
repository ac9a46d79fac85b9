//! Waiting until an accepted book is on the server's disk, and on a replica where there is one.

use std::{collections::BTreeMap, sync::Once, time::Duration};

use redis::{Cmd, InfoDict};

use super::{
    connect::{Connection, Connections},
    keys::{self, Keys},
    survey,
};
use crate::{Durability, StoreError};

/// How long to wait for a replica. If none confirms the book in this time, the book is still accepted.
const REPLICA_WAIT: Duration = Duration::from_millis(200);

/// How long the policy `everysec` may keep a write from the disk: a second, and a second more while the disk is busy.
/// Source: the comment on `appendfsync` in redis.conf, and `flushAppendOnlyFile` in aof.c.
const FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// How long the key lives that a connection writes before it waits.
const MARK_MS: u64 = 60_000;

/// A master that holds a part of what is waited for.
struct Master<'a> {
    info: InfoDict,
    key: &'a str,
}

/// What a server has refused, of which a process warns once: each book is accepted all the same.
pub(super) struct Refusals {
    info: Once,
    disk: Once,
    replicas: Once,
}

impl Refusals {
    pub(super) const fn none() -> Self {
        Self { info: Once::new(), disk: Once::new(), replicas: Once::new() }
    }
}

/// Waits until all earlier writes about a book, and to the indexes that name it, are on the disks of their masters. One replica
/// of each master is waited for as well. The answer is as sure as what the masters can tell; `None` where the book is gone.
pub(super) async fn sync(
    connections: &Connections,
    refusals: &Refusals,
    book: &Keys,
) -> Result<Option<Durability>, StoreError> {
    let policy = flush_policy(connections).await;
    // The server answers for the writes of one connection alone. Its log keeps the order of all writes, so a write made
    // now stands behind all that were made before, on any connection.
    let mut connection = connections.get().await?;
    let names = [book.synced(), keys::SYNCED.to_owned()];
    let mark = |key: &String| redis::cmd("SET").arg(key).arg(1).arg("PX").arg(MARK_MS).to_owned();
    connection.each::<()>(&names.iter().map(mark).collect::<Vec<_>>()).await?;
    let mut ask = redis::cmd("INFO");
    ask.arg("server").arg("persistence").arg("replication");
    let names = names.each_ref().map(String::as_str);
    let infos: Vec<InfoDict> = match connection.masters_of(&names, &ask).await {
        Err(StoreError::NotAllowed(refusal)) => {
            refusals.info.call_once(|| {
                tracing::warn!(refusal, "the store does not tell whether it keeps accepted books on its disk");
            });
            Vec::new()
        }
        infos => infos?,
    };
    // Both keys may be on one master, which would wait for one and then for the other.
    let masters: BTreeMap<String, Master<'_>> = infos
        .into_iter()
        .zip(names)
        .map(|(info, key)| (info.get("run_id").unwrap_or_default(), Master { info, key }))
        .collect();
    let masters: Vec<Master<'_>> = masters.into_values().collect();
    let durability = wait_for_disk(&mut connection, refusals, &masters, policy.as_deref()).await?;
    wait_for_replicas(&mut connection, refusals, &masters).await?;
    // A master that was restarted or replaced during the wait may have lost the book, and answers all the same.
    let mut ask = redis::pipe();
    ask.cmd("HEXISTS").arg(book.book()).arg("record");
    let (stored,): (bool,) = connection.query(&ask).await?;
    Ok(stored.then_some(durability))
}

/// Returns how well all masters keep what is written to them.
pub(super) async fn durability(connections: &Connections) -> Result<Durability, StoreError> {
    let policy = flush_policy(connections).await;
    let infos = survey::infos(connections, None).await?;
    Ok(least(infos.iter().map(|master| &master.answer), policy.as_deref()))
}

/// Returns how well the least durable of some masters keeps a book. Masters that tell nothing may keep it in any way.
fn least<'a>(infos: impl Iterator<Item = &'a InfoDict>, policy: Option<&str>) -> Durability {
    infos.map(|info| kept(info, policy)).min().unwrap_or(Durability::Unknown)
}

fn kept(info: &InfoDict, policy: Option<&str>) -> Durability {
    let logs = info.get::<u8>("aof_enabled") == Some(1);
    if !logs && policy.is_none() {
        Durability::Unknown
    } else if !logs || policy == Some("no") {
        Durability::Memory
    } else if policy == Some("always") || confirms(info) {
        Durability::Disk
    } else {
        Durability::FlushInterval
    }
}

/// Returns when the server writes its log to the disk; `None` where it does not tell. It then has most likely the default,
/// `everysec`.
async fn flush_policy(connections: &Connections) -> Option<String> {
    let mut ask = redis::cmd("CONFIG");
    ask.arg("GET").arg("appendfsync");
    let answers = connections.masters(&ask).await.unwrap_or_default();
    answers.into_iter().find_map(|master| redis::from_redis_value::<Vec<String>>(master.answer).ok()?.pop())
}

async fn wait_for_disk(
    connection: &mut Connection,
    refusals: &Refusals,
    masters: &[Master<'_>],
    policy: Option<&str>,
) -> Result<Durability, StoreError> {
    let durability = least(masters.iter().map(|master| &master.info), policy);
    match durability {
        Durability::Memory | Durability::Unknown => return Ok(durability),
        Durability::FlushInterval => {
            tokio::time::sleep(FLUSH_INTERVAL).await;
            return Ok(durability);
        }
        Durability::Disk if policy == Some("always") => return Ok(durability),
        Durability::Disk => {}
    }
    let longest = connection.timeout() / 2;
    let mut wait = redis::cmd("WAITAOF");
    wait.arg(1).arg(0).arg(longest.as_millis().to_string());
    let counts: Vec<(u64, u64)> = match ask_each(connection, masters, &wait).await {
        Err(StoreError::NotAllowed(refusal)) => {
            refusals.disk.call_once(|| {
                tracing::warn!(refusal, "the store does not confirm that accepted books are on its disk");
            });
            tokio::time::sleep(FLUSH_INTERVAL).await;
            return Ok(Durability::FlushInterval);
        }
        counts => counts?,
    };
    // A server that has waited for too long answers with the count that it has reached, and not with an error.
    if counts.iter().any(|(local, _)| *local == 0) {
        return Err(StoreError::Failed(format!("it has not written to its disk within {longest:?}")));
    }
    Ok(durability)
}

/// Returns whether a server can confirm that its log is on disk: `WAITAOF` came with version 7.2.
fn confirms(info: &InfoDict) -> bool {
    let version: String = info.get("redis_version").unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (7, 2)
}

async fn wait_for_replicas(
    connection: &mut Connection,
    refusals: &Refusals,
    masters: &[Master<'_>],
) -> Result<(), StoreError> {
    let replicated = masters.iter().filter(|master| master.info.get::<u64>("connected_slaves").unwrap_or(0) > 0);
    let replicated: Vec<&str> = replicated.map(|master| master.key).collect();
    if replicated.is_empty() {
        return Ok(());
    }
    let longest = REPLICA_WAIT.min(connection.timeout() / 2);
    let mut wait = redis::cmd("WAIT");
    wait.arg(1).arg(longest.as_millis().to_string());
    let replicas: Vec<u64> = match connection.masters_of(&replicated, &wait).await {
        // Whether a replica has the book is then not known. The book is accepted all the same.
        Err(StoreError::NotAllowed(refusal)) => {
            refusals.replicas.call_once(|| {
                tracing::warn!(refusal, "the store does not tell whether a replica has accepted books");
            });
            return Ok(());
        }
        replicas => replicas?,
    };
    if replicas.contains(&0) {
        tracing::warn!("no replica of the store has confirmed an accepted book within {longest:?}");
    }
    Ok(())
}

async fn ask_each<T: redis::FromRedisValue>(
    connection: &mut Connection,
    masters: &[Master<'_>],
    command: &Cmd,
) -> Result<Vec<T>, StoreError> {
    let keys: Vec<&str> = masters.iter().map(|master| master.key).collect();
    connection.masters_of(&keys, command).await
}
