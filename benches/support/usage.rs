//! What processes have used, as the kernel tells it.

use std::time::Duration;

use anyhow::Result;
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// The processor time of this process so far, or of all its children waited for so far; the kernel's share included.
pub(crate) fn processor_time(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
    Duration::from_micros(micros.cast_unsigned())
}
