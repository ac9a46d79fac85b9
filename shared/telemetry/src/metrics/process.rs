//! What Linux tells of this process in `/proc`, for the metrics that every program of Prometheus has.

use std::fs;

/// How many ticks of `/proc` make a second. Linux promises 100 on all machines that Rust runs on.
const TICKS: f64 = 100.0;

/// The figures of this process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) memory_bytes: i64,
    pub(super) cpu_seconds: f64,
    pub(super) open_files: i64,
    /// The limit of open files.
    pub(super) most_files: i64,
    /// In seconds since 1970.
    pub(super) started_at: i64,
}

impl Process {
    /// Returns the figures of this process; `None` where the system has no `/proc`.
    pub(super) fn this() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name of the program stands in parentheses and may hold spaces. The third field is the first one after it.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let limits = fs::read_to_string("/proc/self/limits").ok()?;
        let booted_at = number(&fs::read_to_string("/proc/stat").ok()?, "btime ")?;
        Some(Self {
            memory_bytes: number(&status, "VmRSS:")? * 1024,
            cpu_seconds: (ticks(14)? + ticks(15)?) / TICKS,
            open_files: i64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()?,
            most_files: number(&limits, "Max open files").unwrap_or(i64::MAX),
            #[expect(clippy::cast_possible_truncation, reason = "a time since the start of the machine fits")]
            started_at: booted_at + (ticks(22)? / TICKS) as i64,
        })
    }
}

/// Returns the first number of the line that begins with these words.
fn number(text: &str, words: &str) -> Option<i64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(words))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_figures_of_this_process_are_plausible() {
        let process = Process::this().unwrap();
        assert!(process.memory_bytes > 1_000_000 && process.cpu_seconds >= 0.0, "{process:?}");
        assert!((3..process.most_files).contains(&process.open_files), "{process:?}");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap();
        assert!((process.started_at - 1..=now + 1).contains(&now), "{process:?} at {now}");
    }
}
