//! What the children of this process have used, as the kernel tells it once they are waited for.

use std::time::Duration;

use anyhow::Result;
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// The processor time of all children waited for so far, the kernel's share included.
pub(crate) fn processor_time() -> Result<Duration> {
    spent(UsageWho::RUSAGE_CHILDREN)
}

/// The processor time of this process so far.
pub(crate) fn own_processor_time() -> Result<Duration> {
    spent(UsageWho::RUSAGE_SELF)
}

fn spent(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// The peak resident memory of the largest child waited for so far, in bytes.
pub(crate) fn largest_peak() -> Result<u64> {
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(u64::try_from(kilobytes)? * 1024)
}

fn duration(time: TimeVal) -> Duration {
    let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
    Duration::from_micros(micros.cast_unsigned())
}
