//! What the server says of itself: whether it may forget what it was given, and how full it is.

use redis::{FromRedisValue, InfoDict};

use super::connect::Connections;
use crate::store::StoreError;

/// What the server says of its memory and of what outlives it.
pub(super) struct Survey {
    info: InfoDict,
    save: Option<String>,
}

impl Survey {
    pub(super) async fn take(connections: &Connections) -> Result<Self, StoreError> {
        let info = info(connections).await?;
        // Managed servers often forbid to read their settings; what is found in INFO must do then.
        let mut ask = redis::pipe();
        ask.cmd("CONFIG").arg("GET").arg("save");
        let save = connections.query::<(Vec<String>,)>(&ask).await.ok();
        Ok(Self { info, save: save.and_then(|(pair,)| pair.into_iter().nth(1)) })
    }

    /// Says what to type where the server may drop keys; none where it never does.
    pub(super) fn evicts(&self) -> Option<String> {
        let policy: String = self.info.get("maxmemory_policy")?;
        (policy != "noeviction").then(|| {
            format!(
                "its maxmemory-policy is `{policy}`, which drops parts of books when memory runs short; type \
                 `redis-cli CONFIG SET maxmemory-policy noeviction` and write the same into its configuration"
            )
        })
    }

    /// Says all that is wrong with the server.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.evicts().into_iter().collect();
        let appends = self.info.get::<u8>("aof_enabled") == Some(1);
        if !appends && self.save.as_deref().is_none_or(str::is_empty) {
            faults.push(
                "it keeps nothing on disk, so a restart loses all books; type `redis-cli CONFIG SET appendonly yes` \
                 and write the same into its configuration"
                    .to_owned(),
            );
        }
        if self.limit() == 0 {
            faults.push(
                "its maxmemory is not set, so submissions cannot be held back before memory runs out; type \
                 `redis-cli CONFIG SET maxmemory 1gb` with what the machine can spare"
                    .to_owned(),
            );
        }
        faults
    }

    fn limit(&self) -> u64 {
        self.info.get("maxmemory").unwrap_or(0)
    }
}

/// Returns the share of its memory that the server uses; none where it has no limit.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than a double has")]
pub(super) fn share(info: &InfoDict) -> Option<f64> {
    let limit: u64 = info.get("maxmemory").filter(|limit| *limit > 0)?;
    let used: u64 = info.get("used_memory")?;
    Some(used as f64 / limit as f64)
}

pub(super) async fn info(connections: &Connections) -> Result<InfoDict, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("INFO");
    let (told,): (redis::Value,) = connections.query(&ask).await?;
    InfoDict::from_redis_value(told).map_err(|error| StoreError::Failed(error.to_string()))
}
