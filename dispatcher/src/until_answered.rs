//! Waiting for a store that fails.

use bindery_runtime::retry_until_stopped;
use bindery_store::StoreError;
use tokio_util::sync::CancellationToken;

/// Repeats a store operation until it succeeds, or meets a record that cannot be read: waiting for that would keep other
/// messages from being served. Returns `None` when `shutdown` is cancelled first.
pub(crate) async fn until_answered<T, F>(
    shutdown: &CancellationToken,
    run: impl Fn() -> F,
) -> Option<Result<T, StoreError>>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let answer = || async {
        match run().await {
            Err(error @ StoreError::Unreadable { .. }) => Ok(Err(error)),
            done => done.map(Ok),
        }
    };
    retry_until_stopped(shutdown, answer).await
}
