//! Who uses the processors: the fleet's processes and its servers, and everybody on the machine.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result, ensure};
use bindery_test_servers::{Guardian, Rabbit};

use crate::{process::Process, servers::Servers, stand_in::StandIn};

/// Whose processor time is told apart. The dispatcher and the assembler run in this process.
pub(crate) const WHO: [&str; 6] =
    ["workers", "stand-in", "dispatcher and assembler", "broker", "store", "whole machine"];

/// Processor time so far, as in [`WHO`].
pub(crate) type Used = [Duration; WHO.len()];

/// The kernel counts processor time in hundredths of a second wherever this program runs (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Returns what everybody has used so far.
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
    // The name, in parentheses, may hold spaces; user and system time are the 12th and 13th fields after it.
    let (_, fields) = stat.rsplit_once(')').context("the kernel tells a process's name")?;
    sum(fields.split_whitespace().skip(11).take(2))
}

/// The time that is not idle, and not spent waiting for a disk.
fn machine() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let fields: Vec<&str> = stat.lines().next().unwrap_or_default().split_whitespace().collect();
    ensure!(fields.len() > 8, "the kernel tells the machine's processor time");
    // user, nice, system; idle and iowait left out; irq, softirq, steal.
    sum([1, 2, 3, 6, 7, 8].map(|field| fields[field]).into_iter())
}

fn sum<'a>(ticks: impl Iterator<Item = &'a str>) -> Result<Duration> {
    let mut sum = 0;
    for field in ticks {
        sum += field.parse::<u32>().context("the kernel counts in whole ticks")?;
    }
    Ok(TICK * sum)
}
