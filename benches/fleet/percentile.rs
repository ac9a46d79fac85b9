//! Percentiles of times.

use std::time::Duration;

/// Returns the time that this share of all times does not exceed; at 0.5 it is the median.
pub(crate) fn percentile(times: &[Duration], share: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (times.len() as f64 * share).ceil() as usize;
    times.get(rank.max(1) - 1).copied().unwrap_or_default()
}
