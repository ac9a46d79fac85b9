//! Retrying a store that fails.

use std::time::Duration;

use bindery_store::StoreError;
use tokio_util::sync::CancellationToken;

/// The pause between two tries of a store that fails.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Repeats a store operation until it succeeds. Returns `None` when `stop` is cancelled first.
pub async fn retry_until_stopped<T, F>(stop: &CancellationToken, mut run: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    loop {
        match run().await {
            Ok(done) => return Some(done),
            Err(error) => tracing::warn!(%error, "the store failed; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(RETRY_PAUSE) => {}
        }
    }
}
