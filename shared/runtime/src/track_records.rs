//! What this process has seen of each model, on its way to the store.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bindery_ledger::TrackRecord;
use bindery_store::Store;
use tokio::time::Instant;

/// The pause between two writes. A process that ends chapters by the hundred a second must not write for each of them.
const PAUSE: Duration = Duration::from_secs(1);

/// What was seen of each model since the last write.
#[derive(Debug, Default)]
pub struct TrackRecords(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    by_model: BTreeMap<String, TrackRecord>,
    written_at: Option<Instant>,
}

impl TrackRecords {
    /// Notes what calls of a model have taken.
    pub(crate) fn note(&self, model: &str, taken: &TrackRecord) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.by_model.entry(model.to_owned()).or_default().add(taken);
    }

    /// Adds what was seen to the store's records, unless that was done a moment ago.
    pub(crate) async fn write_soon(&self, store: &dyn Store) {
        let due = {
            let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.written_at.is_none_or(|at| at.elapsed() >= PAUSE)
        };
        if due {
            self.write(store).await;
        }
    }

    /// Adds what was seen to the store's records. What the store does not take stays for the next write.
    pub(crate) async fn write(&self, store: &dyn Store) {
        let by_model = {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.written_at = Some(Instant::now());
            std::mem::take(&mut seen.by_model)
        };
        for (model, taken) in by_model {
            if let Err(error) = store.add_to_track_record(&model, &taken).await {
                tracing::debug!(%error, model, "a model's track record could not be written");
                self.note(&model, &taken);
            }
        }
    }
}
