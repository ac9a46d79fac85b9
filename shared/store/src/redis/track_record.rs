//! The track records of models, each under a key of its own.

use bindery_ledger::TrackRecord;

use super::{
    MAX_CAS_ATTEMPTS,
    connect::Connections,
    contended, keys, pause_before,
    scripts::{self, Call},
};
use crate::{StoreError, record};

/// A record as it is stored.
pub(super) struct Stored {
    json: String,
    pub(super) record: TrackRecord,
}

/// Returns the record of a model. A model without one has an empty record.
pub(super) async fn read(connections: &Connections, model: &str) -> Result<Stored, StoreError> {
    let mut ask = redis::pipe();
    ask.cmd("GET").arg(keys::track_record(model));
    let (json,): (Option<String>,) = connections.query(&ask).await?;
    let record = json.as_deref().map(|json| record::decode("track record", json)).transpose()?.unwrap_or_default();
    Ok(Stored { json: json.unwrap_or_default(), record })
}

/// Adds to the record of a model. Where another process has changed it meanwhile, it is read again.
pub(super) async fn add(connections: &Connections, model: &str, taken: &TrackRecord) -> Result<(), StoreError> {
    for attempt in 0..MAX_CAS_ATTEMPTS {
        pause_before(attempt).await;
        let Stored { json: before, mut record } = read(connections, model).await?;
        record.add(taken);
        let args = [before, record::encode(&record)].map(String::into_bytes).to_vec();
        let call = Call { script: &scripts::REPLACE, keys: vec![keys::track_record(model)], args };
        if connections.script::<u8>(&call).await? == 1 {
            return Ok(());
        }
    }
    Err(contended("the track record"))
}
