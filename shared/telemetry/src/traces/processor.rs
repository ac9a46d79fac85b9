//! Ended spans on their way to the exporter, in OpenTelemetry's batches.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor},
};

use super::counts::{ROOM, SpanCounts};

/// How many spans are sent without waiting for more.
const BATCH: usize = 512;

/// How long a span waits for others.
const DELAY: Duration = Duration::from_secs(1);

/// Passes spans to OpenTelemetry's processor while there is room. That processor would drop the others too, but it does
/// not tell how many.
///
/// The processor has a thread of its own. The one that runs on tokio is marked as experimental: it ignores the timeout
/// of its shutdown, and it cannot be shut down while its queue is full.
#[derive(Debug)]
pub(super) struct CountingProcessor {
    batches: BatchSpanProcessor,
    counts: SpanCounts,
}

impl CountingProcessor {
    pub(super) fn new(exporter: impl SpanExporter + 'static, counts: SpanCounts) -> Self {
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(ROOM)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        Self { batches: BatchSpanProcessor::new(exporter, config), counts }
    }
}

impl SpanProcessor for CountingProcessor {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.counts.admit() {
            self.batches.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}
