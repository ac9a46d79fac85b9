//! The processor time of processes, as the kernel counts it.

use std::time::Duration;

use anyhow::Result;
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// Returns the processor time so far of this process, or of all its children that have been waited for. It includes the
/// time that the kernel spent on them.
pub(crate) fn processor_time(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
    Duration::from_micros(micros.cast_unsigned())
}
