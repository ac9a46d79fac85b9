//! The server's heartbeat: an id and a counter that show whether it has lost writes. Each master of a cluster has counters of
//! its own.

use bindery_domain::{Moment, timestamp};

use super::{
    connect::Connections,
    keys::{self, HEARTBEAT},
    survey::{self, replication_id},
};
use crate::{Heartbeat, Setback, StoreError};

/// How long `examine` names a loss.
const REPORTED: u64 = 7 * 24 * 3_600 * 1_000;

/// Raises the counters. If the server has lost something since `seen`, that is noted in the server for whoever examines it.
pub(super) async fn beat(
    connections: &Connections,
    seen: Option<&Heartbeat>,
    now: Moment,
) -> Result<Heartbeat, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("HSETNX").arg(HEARTBEAT).arg("store").arg(format!("{:016x}", fastrand::u64(..))).ignore();
    ask.cmd("HINCRBY").arg(HEARTBEAT).arg("count").arg(1);
    ask.cmd("HMGET").arg(HEARTBEAT).arg(&["store", "lost_at"]);
    let (count, (store, lost_at)): (u64, (String, Option<u64>)) = connections.query(&ask).await?;
    let infos = survey::infos(connections, Some("replication")).await?;
    let mut counts = vec![count];
    if infos.len() > 1 {
        // Only the master of the slot has lost its writes where one of a cluster goes back.
        let raise = |key| redis::cmd("HINCRBY").arg(key).arg("count").arg(1).to_owned();
        counts.extend(connections.each::<u64>(&keys::beats().map(raise).collect::<Vec<_>>()).await?);
    }
    let mut masters: Vec<String> = infos.iter().map(|master| replication_id(&master.answer)).collect();
    masters.sort();
    let mut heartbeat = Heartbeat { store, counts, masters: masters.join(" "), lost_at: lost_at.map(Moment) };
    let Some(seen) = seen.filter(|seen| !heartbeat.tells_of_loss_since(seen)) else { return Ok(heartbeat) };
    if let Some(setback) = heartbeat.setback_since(seen).filter(|setback| setback.is_loss()) {
        // The clock of another process may be ahead of this one, and a note must be seen to be a new one.
        let last = heartbeat.lost_at.max(seen.lost_at);
        let lost_at = last.map_or(now, |last| now.max(Moment(last.0 + 1)));
        heartbeat.lost_at = Some(lost_at);
        let mut note = redis::pipe();
        note.cmd("HSET").arg(HEARTBEAT).arg("lost_at").arg(lost_at.0).arg("lost").arg(setback.name()).ignore();
        connections.query::<()>(&note).await?;
    }
    Ok(heartbeat)
}

/// Returns the last loss that a process has noted, in words; `None` where there was none in the last week.
pub(super) async fn last_loss(connections: &Connections, now: Moment) -> Result<Option<String>, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("HMGET").arg(HEARTBEAT).arg(&["lost_at", "lost"]);
    let ((at, kind),): ((Option<u64>, Option<String>),) = connections.query(&ask).await?;
    let (Some(at), Some(kind)) = (at, kind) else { return Ok(None) };
    let what = if kind == Setback::Emptied.name() { "was emptied" } else { "went back to an earlier state" };
    Ok((now.0.saturating_sub(at) < REPORTED).then(|| {
        let at = timestamp(Moment(at));
        format!(
            "it {what}, which was noticed at {at}; what it had stored shortly before is lost, \
                 and calls that were made in that time may be missing in what books have cost"
        )
    }))
}
