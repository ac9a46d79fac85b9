//! Telling webhooks of book events.
//!
//! The event publisher stores a notice for each event and webhook before it marks the event as published. The store holds the
//! truth, and the messages of [`Lane::Webhooks`](bindery_domain::Lane::Webhooks) are hints. A notice that is not taken is
//! parked with a due time, and a sweep sends its message again. So an endpoint that does not answer keeps no message waiting.

mod courier;
mod notices;
mod pace;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use bindery_protocol::notice::NoticeMessage;
use bindery_queue::QueueError;
use bindery_runtime::{PUBLISH_FAULT, Ports, STORE_FAULT};
use bindery_webhook::Sender;
use futures_util::future::try_join_all;
use tokio_util::sync::CancellationToken;

use self::courier::Courier;
pub(crate) use self::notices::notices;

/// The pause between two looks for notices that are due.
const PAUSE: Duration = Duration::from_secs(1);

/// The most notices whose messages are sent at once, so that the end of an outage releases no flood.
const MAX_DUE: u32 = 200;

/// How notices are sent.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The longest wait after the first failure of a notice. It doubles with each failure.
    pub retry_after: Duration,
    /// How long a notice is tried.
    pub give_up_after: Duration,
    /// How long a dead notice is kept.
    pub keep_dead: Duration,
    /// How long the message of a notice may be on its way before it counts as lost.
    pub lost_after: Duration,
}

/// Sends the notices of all tenants until `shutdown`. Any number of processes may do so.
pub async fn run(ports: Ports, sender: Arc<dyn Sender>, settings: Settings, shutdown: CancellationToken) {
    let courier = Arc::new(Courier::new(ports.clone(), sender, settings));
    // A pass may be dropped at any point: what it has taken is due again.
    let sweeping = shutdown.run_until_cancelled(sweep(&ports, settings.lost_after));
    tokio::join!(courier.run(shutdown.clone()), sweeping);
}

/// Sends the messages of notices that are due again, for ever. The store gives each of them to one process only.
async fn sweep(ports: &Ports, lost_after: Duration) {
    let mut store_fault = STORE_FAULT.caller();
    loop {
        match ports.store.webhooks().take_due_notices(MAX_DUE, lost_after).await {
            Ok(due) => {
                store_fault.ended();
                if let Err(error) = publish(ports, due).await {
                    PUBLISH_FAULT.failed(&error);
                }
            }
            Err(error) => store_fault.failed(&error),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Publishes the messages of notices.
pub(crate) async fn publish(ports: &Ports, notices: Vec<String>) -> Result<(), QueueError> {
    let lane = bindery_domain::Lane::Webhooks.into();
    try_join_all(notices.iter().map(|id| ports.queue.publish(&lane, NoticeMessage::of(id).encode()))).await?;
    Ok(())
}
