//! Spans that wait to be sent: a bounded room, emptied in batches beside the work.
//!
//! The SDK's own batch processor is not used: it has a thread to itself, and does not tell what it drops. A span is put
//! down as it goes over the wire, so that what it was made of is free at once.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    DROPPED, Tally,
    otlp::{Batch, Post},
};

/// How many spans may wait: about a megabyte, and more than a busy worker ends in a minute.
pub(super) const ROOM: usize = 4_096;

/// How many are sent without waiting for more.
const ENOUGH: usize = 512;

/// How long the first of a batch waits for the others.
const LINGER: Duration = Duration::from_secs(1);

/// Where ended spans are put.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    waiting: Arc<Mutex<Batch>>,
    /// The first of a batch has come.
    first: Arc<Notify>,
    /// A batch is large enough.
    enough: Arc<Notify>,
    tally: Tally,
}

impl Outbox {
    pub(super) fn new(tally: Tally) -> Self {
        Self { waiting: Arc::default(), first: Arc::default(), enough: Arc::default(), tally }
    }

    /// Sends what comes in until `closing`, and then what is left.
    pub(super) async fn deliver(self, mut post: Post, closing: CancellationToken) {
        while closing.run_until_cancelled(self.linger()).await.is_some() {
            post.send(self.take(), &closing).await;
        }
        let rest = self.take();
        if rest.spans() > 0 {
            post.send(rest, &closing).await;
        }
    }

    async fn linger(&self) {
        while self.lock().spans() == 0 {
            self.first.notified().await;
        }
        if self.lock().spans() < ENOUGH {
            let _enough = tokio::time::timeout(LINGER, self.enough.notified()).await;
        }
    }

    fn take(&self) -> Batch {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for Outbox {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        let mut waiting = self.lock();
        if waiting.spans() == ROOM {
            return self.tally.count(DROPPED, 1);
        }
        waiting.add(span);
        match waiting.spans() {
            1 => self.first.notify_one(),
            ENOUGH => self.enough.notify_one(),
            _ => {}
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// Does nothing: `closing` ends the delivery, which sends what is left.
    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
