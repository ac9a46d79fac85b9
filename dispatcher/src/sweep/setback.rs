//! What a dispatcher does when the store has lost what it had stored last.
//!
//! Messages of tasks may then be gone though the store says that they wait: the message was settled, and the store has
//! forgotten what it was told before that. Such a task would wait until its message counts as lost.

use std::time::{Duration, Instant};

use bindery_ledger::{Released, Rules, Standing, Task};
use bindery_runtime::{Ports, PublishError, publish};
use bindery_store::{Heartbeat, Setback, StoreError};

/// The time between two heartbeats.
const BEAT: Duration = Duration::from_secs(1);

/// Remembers the store's last heartbeat.
#[derive(Default)]
pub(super) struct Pulse {
    seen: Option<Heartbeat>,
    at: Option<Instant>,
}

impl Pulse {
    /// Asks the store for its heartbeat, at most once a second, and returns what became of the store since the last one.
    pub(super) async fn feel(&mut self, ports: &Ports) -> Result<Option<Setback>, StoreError> {
        if self.at.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(None);
        }
        let now = ports.store.beat(self.seen.as_ref()).await?;
        let setback = self.seen.as_ref().and_then(|seen| now.setback_since(seen));
        (self.seen, self.at) = (Some(now), Some(Instant::now()));
        match setback {
            Some(setback) if setback.is_loss() => {
                tracing::error!(kind = setback.name(), "the store has lost what it had stored last");
            }
            Some(setback) => {
                tracing::warn!(
                    kind = setback.name(),
                    "another master of the store has taken over; it may lack the last writes"
                );
            }
            None => {}
        }
        Ok(setback)
    }
}

/// Publishes again every task whose message may be gone. A message too many does no harm.
pub(super) async fn publish_again(ports: &Ports, rules: &Rules) -> Result<(), PublishError> {
    let mut count = 0;
    for book in ports.store.open_books().await? {
        if book.held() {
            continue;
        }
        let tasks = ports.store.tasks(&book.id).await?;
        let hanging = tasks.iter().filter(|task| hangs(task));
        let released: Vec<Released> = hanging.map(|task| Released::of(&book, task, rules)).collect();
        count += released.len();
        publish(&*ports.queue, &*ports.store, &book.id, &released).await?;
    }
    tracing::warn!(tasks = count, "tasks were published again, since the store had lost writes");
    Ok(())
}

/// Returns whether a task waits for a message alone.
fn hangs(task: &Task) -> bool {
    task.standing == Standing::Released && task.lease.is_none() && task.parked.is_none()
}
