//! Spans that wait to be sent: a bounded room, emptied in batches beside the work.
//!
//! The SDK's own batch processor is not used: it has a thread to itself, and does not tell what it drops.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use super::{DROPPED, Tally, otlp::Post};

/// How many spans may wait: some megabytes, and more than a busy worker ends in a minute.
pub(super) const ROOM: usize = 4_096;

/// How many are sent at once.
const BATCH: usize = 512;

/// How long the first of a batch waits for the others.
const LINGER: Duration = Duration::from_secs(1);

/// Where ended spans are put.
#[derive(Debug)]
pub(super) struct Outbox {
    spans: Sender<SpanData>,
    tally: Tally,
}

impl Outbox {
    pub(super) fn new(spans: Sender<SpanData>, tally: Tally) -> Self {
        Self { spans, tally }
    }
}

impl SpanProcessor for Outbox {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.spans.try_send(span).is_err() {
            self.tally.count(DROPPED, 1);
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

/// Sends what comes in until `closing`, and then what is left.
pub(super) async fn deliver(mut spans: Receiver<SpanData>, mut post: Post, closing: CancellationToken) {
    loop {
        let batch = gather(&mut spans, &closing).await;
        if batch.is_empty() {
            return;
        }
        post.send(batch, &closing).await;
    }
}

/// Waits for a batch; it is empty once all is sent.
async fn gather(spans: &mut Receiver<SpanData>, closing: &CancellationToken) -> Vec<SpanData> {
    let mut batch = Vec::new();
    tokio::select! {
        biased;
        () = closing.cancelled() => spans.close(),
        () = linger(spans, &mut batch) => return batch,
    }
    fill(spans, &mut batch).await;
    batch
}

async fn linger(spans: &mut Receiver<SpanData>, batch: &mut Vec<SpanData>) {
    spans.recv_many(batch, 1).await;
    // What came in is in the batch already when the time is over.
    let _ = tokio::time::timeout(LINGER, fill(spans, batch)).await;
}

async fn fill(spans: &mut Receiver<SpanData>, batch: &mut Vec<SpanData>) {
    while batch.len() < BATCH && spans.recv_many(batch, BATCH - batch.len()).await > 0 {}
}
