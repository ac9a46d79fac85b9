//! What Bindery adds to a book: the time of the whole process, less its slowest chain of calls.

use std::{
    fs::File,
    io::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use crate::{
    outline::{Outline, OutlineShape},
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    write_run::BookFolder,
};

const RUNS: u64 = 10;

/// The most that the median may be.
const PROMISE: Duration = Duration::from_millis(300);

/// Measures it on books of ten chapters.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Overhead of a book of 10 chapters",
        "A run is the whole process, from its start to its end. Its overhead is that time, less the slowest chain of \
         its model calls: the plan, then the slowest section. The yardstick is to start \
         the program, and to sync each of the book's commands to disk, one after another. No program that keeps its \
         word can do without either, but it can sync several commands at once, as Bindery does.",
    );
    let stand_in = StandIn::start(&["--first-token", "0.05", "--tokens-per-second", "400"])?;
    let mut columns = [const { Vec::new() }; 4];
    for seed in 0..RUNS {
        let outline = Outline::seeded(seed, OutlineShape { chapters: 10, sections: 4, words: 1_200 });
        let run = BookFolder::new(&outline.to_markdown(), stand_in.url())?.write(&[])?.whole()?;
        let overhead = run.wall.saturating_sub(run.time("/report/slowest_chain")?);
        let around = run.wall.saturating_sub(run.time("/wall")?);
        let yardstick = start()? + syncs(commands(&outline))?;
        columns.iter_mut().zip([run.wall, overhead, around, yardstick]).for_each(|(column, time)| column.push(time));
    }
    let mut table =
        Table::new(&["of 10 runs", "whole run", "overhead", "of it before and after the writing", "yardstick"]);
    for (name, pick) in [("median", median as fn(&[Duration]) -> Duration), ("worst", worst)] {
        let [wall, overhead, around, yardstick] = columns.each_ref().map(|column| pick(column).as_secs_f64());
        let seconds = |time: f64| format!("{time:.3} s");
        table.row(&[&name, &seconds(wall), &seconds(overhead), &seconds(around), &seconds(yardstick)]);
    }
    table.print();
    let (median, worst) = (median(&columns[1]), worst(&columns[1]));
    let found = format!("median {:.3} s, worst {:.3} s", median.as_secs_f64(), worst.as_secs_f64());
    Ok(vec![Verdict::new("a book of 10 chapters takes at most 0.3 s more than its calls", found, median <= PROMISE)])
}

/// Returns how many commands a book without faults gives its ledger. One accepts it and one takes it up. Each task is marked as
/// published, claimed and committed, and each part has a checkpoint.
fn commands(outline: &Outline) -> usize {
    let tasks = 2 + outline.chapters.len();
    4 + 3 * tasks + outline.parts()
}

/// Returns the time that the program takes to start and print its version.
fn start() -> Result<Duration> {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_bindery")).arg("--version").stdout(Stdio::null()).status()?;
    ensure!(status.success(), "the program cannot say its version");
    Ok(begun.elapsed())
}

/// Returns the time that it takes to write a page and sync it, so many times.
fn syncs(times: usize) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("pages"))?;
    let begun = Instant::now();
    for _ in 0..times {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
    }
    Ok(begun.elapsed())
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn worst(times: &[Duration]) -> Duration {
    times.iter().copied().max().unwrap_or_default()
}
