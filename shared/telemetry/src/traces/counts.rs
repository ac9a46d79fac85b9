//! How many spans wait to be sent, and what became of the others.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use prometheus::IntCounterVec;

use crate::Metrics;

/// How many spans may wait or be under way: more than a busy worker ends in a minute.
pub(super) const ROOM: usize = 4_096;

/// The outcomes of spans, as the metric names them.
pub(super) const SENT: &str = "sent";
pub(super) const DROPPED: &str = "dropped";
pub(super) const FAILED: &str = "failed";

/// Counts the spans of a process.
#[derive(Clone, Debug, Default)]
pub(super) struct SpanCounts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    unsent: AtomicUsize,
    /// The metric of outcomes; empty in a process without metrics.
    outcomes: OnceLock<IntCounterVec>,
}

impl SpanCounts {
    /// Counts outcomes in these metrics from now on.
    pub(super) fn count_in(&self, metrics: &Metrics) {
        for outcome in [SENT, DROPPED, FAILED] {
            metrics.spans.with_label_values(&[outcome]);
        }
        // A process has one set of metrics, so a second call changes nothing.
        let _ = self.0.outcomes.set(metrics.spans.clone());
    }

    /// Returns whether one more span has room. A span without room counts as dropped.
    pub(super) fn admit(&self) -> bool {
        let has_room = self.0.unsent.fetch_add(1, Ordering::Relaxed) < ROOM;
        if !has_room {
            self.end(DROPPED, 1);
        }
        has_room
    }

    /// Counts the outcome of spans and frees their room.
    pub(super) fn end(&self, outcome: &str, spans: usize) {
        self.0.unsent.fetch_sub(spans, Ordering::Relaxed);
        if let Some(outcomes) = self.0.outcomes.get() {
            outcomes.with_label_values(&[outcome]).inc_by(spans as u64);
        }
    }
}
