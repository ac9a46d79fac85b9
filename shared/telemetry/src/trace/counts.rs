//! What became of the spans of a process.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use prometheus::IntCounterVec;

use crate::Metrics;

/// How many spans may wait or be under way: more than a busy worker ends in a minute.
pub(super) const ROOM: usize = 4_096;

/// What became of a span.
pub(super) const SENT: &str = "sent";
pub(super) const DROPPED: &str = "dropped";
pub(super) const FAILED: &str = "failed";

/// Counts the spans that are not sent yet, and what became of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct SpanCounts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    unsent: AtomicUsize,
    /// The counter by outcome; a process without metrics has none.
    outcomes: OnceLock<IntCounterVec>,
}

impl SpanCounts {
    /// Counts outcomes in these metrics from now on.
    pub(super) fn report_to(&self, metrics: &Metrics) {
        for outcome in [SENT, DROPPED, FAILED] {
            metrics.spans.with_label_values(&[outcome]);
        }
        // A process has one set of metrics, and it is told once.
        let _ = self.0.outcomes.set(metrics.spans.clone());
    }

    /// Returns whether there is room for one more span. A span without room counts as dropped.
    pub(super) fn admit(&self) -> bool {
        let taken = self.0.unsent.fetch_add(1, Ordering::Relaxed) < ROOM;
        if !taken {
            self.ended(DROPPED, 1);
        }
        taken
    }

    /// Counts the outcome of spans, which take no more room.
    pub(super) fn ended(&self, outcome: &str, spans: usize) {
        self.0.unsent.fetch_sub(spans, Ordering::Relaxed);
        if let Some(outcomes) = self.0.outcomes.get() {
            outcomes.with_label_values(&[outcome]).inc_by(spans as u64);
        }
    }
}
