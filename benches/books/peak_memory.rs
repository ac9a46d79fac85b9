//! The peak memory of child processes.

use anyhow::Result;
use nix::sys::resource::{UsageWho, getrusage};

/// Returns the peak resident memory, in bytes, of the largest child that has been waited for.
pub(crate) fn largest_peak() -> Result<u64> {
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(u64::try_from(kilobytes)? * 1024)
}
