//! Retrying a store that fails, and a broker from which nothing can be consumed.

use std::time::Duration;

use bindery_domain::{Backoff, Lane};
use bindery_queue::{Consumer, Queue};
use bindery_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::fault_log::{FaultLog, STORE_FAULT};

/// The pause between two tries of a store that fails.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// The pauses between two tries to consume a lane.
const CONSUME_BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(10) };

/// A lane cannot be consumed. The log is one for the process, since all lanes share a connection.
static CONSUME_FAULT: FaultLog =
    FaultLog::new("a lane cannot be consumed; trying again", "all lanes are consumed again");

/// Repeats a store operation until it succeeds. Returns `None` when `stop` is cancelled first.
pub async fn retry_until_stopped<T, F>(stop: &CancellationToken, mut run: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut fault = STORE_FAULT.caller();
    loop {
        match run().await {
            Ok(done) => return Some(done),
            Err(error) => fault.failed(&error),
        }
        stop.run_until_cancelled(tokio::time::sleep(RETRY_PAUSE)).await?;
    }
}

/// Starts to consume a lane, however long the broker refuses. Returns `None` when `stop` is cancelled first.
pub async fn consume_until_stopped(
    queue: &dyn Queue,
    lane: Lane,
    prefetch: u16,
    stop: &CancellationToken,
) -> Option<Box<dyn Consumer>> {
    let mut fault = CONSUME_FAULT.caller();
    for failures in 1.. {
        match stop.run_until_cancelled(queue.consume(lane, prefetch)).await? {
            Ok(consumer) => return Some(consumer),
            Err(error) => fault.failed(&format_args!("{lane}: {error}")),
        }
        let pause = CONSUME_BACKOFF.delay(failures, &mut fastrand::Rng::new());
        stop.run_until_cancelled(tokio::time::sleep(pause)).await?;
    }
    unreachable!("the loop has no last attempt")
}
