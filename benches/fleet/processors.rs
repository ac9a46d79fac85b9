//! The processor time of the fleet's processes, of its servers and of the whole machine.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result, ensure};
use bindery_test_servers::{Guardian, Rabbit};

use crate::{process::Process, servers::Servers, stand_in::StandIn};

/// Those whose processor time is measured. The dispatcher and the assembler run in this process.
pub(crate) const WHO: [&str; 6] =
    ["workers", "stand-in", "dispatcher and assembler", "broker", "store", "whole machine"];

/// The processor time of each of [`WHO`] so far.
pub(crate) type Used = [Duration; WHO.len()];

/// The unit in which Linux counts processor time (`USER_HZ`): a hundredth of a second on every platform that Rust has.
const TICK: Duration = Duration::from_millis(10);

/// Returns the processor time so far.
pub(crate) fn used(servers: &Servers, stand_in: &StandIn, workers: &[Process]) -> Result<Used> {
    let mut all = Duration::ZERO;
    for worker in workers {
        all += of(worker.id())?;
    }
    let server = |guardian: &Guardian| of(guardian.id().context("a server has ended")?);
    let (broker, store) = (server(Rabbit::shared().process())?, server(servers.redis.process())?);
    Ok([all, of(stand_in.child.id())?, of(std::process::id())?, broker, store, machine()?])
}

fn of(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name is in parentheses and may hold spaces. User and system time are the 12th and 13th fields after it.
    let (_, fields) = stat.rsplit_once(')').context("the kernel shows a process's name")?;
    sum(fields.split_whitespace().skip(11).take(2))
}

/// Returns the machine's time that was neither idle nor spent waiting for a disk.
fn machine() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let fields: Vec<&str> = stat.lines().next().unwrap_or_default().split_whitespace().collect();
    ensure!(fields.len() > 8, "the kernel shows the machine's processor time");
    // The fields are user, nice, system, irq, softirq and steal; idle and iowait, between them, are left out.
    sum([1, 2, 3, 6, 7, 8].map(|field| fields[field]).into_iter())
}

fn sum<'a>(ticks: impl Iterator<Item = &'a str>) -> Result<Duration> {
    let mut sum = 0;
    for field in ticks {
        sum += field.parse::<u32>().context("the kernel counts in whole ticks")?;
    }
    Ok(TICK * sum)
}
