//! Released tasks on their way to the broker: sent, and marked as published once the broker has them.

use std::{sync::Arc, time::Duration};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Command, Released};
use bindery_protocol::task::TaskMessage;
use bindery_queue::Queue;
use bindery_store::Store;
use futures_util::future::join_all;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Stops, work::patiently};
use crate::crash_point;

/// How long a mark waits. A task that is claimed sooner, as all are while slots are free, needs none; the grace within
/// which it must come is a second at least.
const MARKED_AFTER: Duration = Duration::from_millis(100);

/// Publishes released tasks and marks them published. What fails here is due again when its grace is over.
pub async fn publish(queue: &dyn Queue, store: &dyn Store, book: &BookId, released: &[Released]) {
    send(queue, book, released).await.mark(store).await;
}

/// Tasks whose messages the broker has confirmed, and that are to be marked as published.
#[must_use = "a task that is not marked is published again when its grace is over"]
pub struct Sent {
    book: BookId,
    tasks: Vec<TaskId>,
}

impl Sent {
    /// Marks them now.
    pub async fn mark(self, store: &dyn Store) {
        let mark_one = async |task: &TaskId| {
            if let Err(error) = store.step(&self.book, *task, Command::Published).await {
                tracing::warn!(%error, %task, "a published task could not be marked");
            }
        };
        join_all(self.tasks.iter().map(mark_one)).await;
    }

    /// Marks them a moment later, or at once when told to shut down; repeated until the store answers or all is to be silent.
    pub async fn mark_later(self, store: &dyn Store, shutdown: &CancellationToken, silence: &CancellationToken) {
        if self.tasks.is_empty() {
            return;
        }
        let _waited = shutdown.run_until_cancelled(tokio::time::sleep(MARKED_AFTER)).await;
        let book = &self.book;
        let mark_one = |task: &TaskId| {
            let task = *task;
            patiently(silence, move || store.step(book, task, Command::Published))
        };
        join_all(self.tasks.iter().map(mark_one)).await;
    }
}

/// Marks what was sent a moment later, beside whatever its sender does next.
#[derive(Clone)]
pub(super) struct Marker {
    pub(super) store: Arc<dyn Store>,
    pub(super) tracker: TaskTracker,
    pub(super) stops: Stops,
}

impl Marker {
    /// Publishes released tasks; they are marked later.
    pub(super) async fn publish(&self, queue: &dyn Queue, book: &BookId, released: &[Released]) {
        let sent = send(queue, book, released).await;
        let Self { store, stops, .. } = self.clone();
        self.tracker.spawn(async move { sent.mark_later(&*store, &stops.shutdown, &stops.silence).await });
    }
}

/// Publishes released tasks; they are still to be marked. What fails here is due again when its grace is over.
pub async fn send(queue: &dyn Queue, book: &BookId, released: &[Released]) -> Sent {
    let send_one = |one: &Released| {
        let (mut message, lane, task) = (TaskMessage::of(book, one).encode(), one.lane(), one.task);
        if let Some(trace) = one.trace {
            message.set_trace_parent(trace);
        }
        async move {
            crash_point(format_args!("before_publish_of_{task}"));
            if let Err(error) = queue.publish(&lane.into(), message).await {
                tracing::warn!(%error, %task, "a released task could not be published; it is due again soon");
                return None;
            }
            crash_point(format_args!("after_publish_of_{task}"));
            Some(task)
        }
    };
    let tasks = join_all(released.iter().map(send_one)).await.into_iter().flatten().collect();
    Sent { book: book.clone(), tasks }
}
