//! The memory of children.

use anyhow::Result;
use nix::sys::resource::{UsageWho, getrusage};

/// The peak resident memory of the largest child waited for so far, in bytes.
pub(crate) fn largest_peak() -> Result<u64> {
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(u64::try_from(kilobytes)? * 1024)
}
