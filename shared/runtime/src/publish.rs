//! Publishing released tasks: each is sent, and marked as published once the broker has confirmed it.

use std::{sync::Arc, time::Duration};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Command, Released};
use bindery_protocol::task::TaskMessage;
use bindery_queue::{Queue, QueueError};
use bindery_store::{Store, StoreError};
use futures_util::future::join_all;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    crash_point,
    fault_log::{PUBLISH_FAULT, STORE_FAULT},
    retry::retry_until_stopped,
    run::ShutdownSignals,
};

/// How long a mark waits. A task that is claimed sooner needs no mark, and while slots are free all are. The ledger gives
/// a mark a second at least before it publishes the task again.
const MARK_DELAY: Duration = Duration::from_millis(100);

/// Why a task was not published, or could not be marked as published. In both cases it is due again when its grace is over.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The broker did not confirm.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Publishes released tasks and marks those that the broker has confirmed. Returns the first failure, which has been
/// logged; a task that fails here is due again when its grace is over.
pub async fn publish(
    queue: &dyn Queue,
    store: &dyn Store,
    book: &BookId,
    released: &[Released],
) -> Result<(), PublishError> {
    send(queue, book, released).await.mark(store).await
}

/// Tasks whose messages the broker has confirmed and that are not yet marked as published.
#[must_use = "a task that is not marked is published again when its grace is over"]
pub struct Sent {
    book: BookId,
    tasks: Vec<TaskId>,
    /// Why the first of the other tasks was not confirmed.
    failure: Option<QueueError>,
}

impl Sent {
    /// Marks the tasks now. Returns the first failure, which has been logged.
    pub async fn mark(self, store: &dyn Store) -> Result<(), PublishError> {
        let mark_one = |task: &TaskId| store.step(&self.book, *task, Command::Published);
        for marked in join_all(self.tasks.iter().map(mark_one)).await {
            marked.inspect_err(|error| STORE_FAULT.failed(error))?;
        }
        self.failure.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Marks the tasks a moment later, or at once on `shutdown`. Retries until the store answers or `stop_retrying` is
    /// cancelled.
    pub async fn mark_later(self, store: &dyn Store, shutdown: &CancellationToken, stop_retrying: &CancellationToken) {
        if self.tasks.is_empty() {
            return;
        }
        let _waited = shutdown.run_until_cancelled(tokio::time::sleep(MARK_DELAY)).await;
        let book = &self.book;
        let mark_one = |task: &TaskId| {
            let task = *task;
            retry_until_stopped(stop_retrying, move || store.step(book, task, Command::Published))
        };
        join_all(self.tasks.iter().map(mark_one)).await;
    }
}

/// Publishes released tasks, and marks them in the background.
#[derive(Clone)]
pub(crate) struct TaskPublisher {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) tracker: TaskTracker,
    pub(crate) signals: ShutdownSignals,
}

impl TaskPublisher {
    /// Publishes released tasks; their marks follow later.
    pub(crate) async fn publish(&self, book: &BookId, released: &[Released]) {
        let sent = send(&*self.queue, book, released).await;
        let Self { store, signals, .. } = self.clone();
        self.tracker.spawn(async move { sent.mark_later(&*store, &signals.shutdown, &signals.stop_retrying).await });
    }
}

/// Publishes released tasks without marking them. A task that fails here is due again when its grace is over.
pub async fn send(queue: &dyn Queue, book: &BookId, released: &[Released]) -> Sent {
    let send_one = |one: &Released| {
        let (mut message, lane, task) = (TaskMessage::of(book, one).encode(), one.lane(), one.task);
        if let Some(trace) = one.trace {
            message.set_trace_parent(trace);
        }
        async move {
            crash_point(format_args!("before_publish_of_{task}"));
            queue.publish(&lane.into(), message).await.inspect_err(|error| PUBLISH_FAULT.failed(error))?;
            PUBLISH_FAULT.ended();
            crash_point(format_args!("after_publish_of_{task}"));
            Ok(task)
        }
    };
    let mut sent = Sent { book: book.clone(), tasks: Vec::new(), failure: None };
    for one in join_all(released.iter().map(send_one)).await {
        match one {
            Ok(task) => sent.tasks.push(task),
            Err(error) => sent.failure = sent.failure.or(Some(error)),
        }
    }
    sent
}
