//! What it costs a worker to be watched: metrics, traces and logs on, against all of them off.

mod collector;
mod fleet;

use std::{fs, io::Write as _, net::TcpStream, path::Path, time::Duration};

use anyhow::{Result, bail, ensure};
use bindery_test_servers::Rabbit;

use self::{collector::Collector, fleet::Fleet};
use crate::{
    outline::Outline,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const PAIRS: usize = 10;

/// What a worker is given to write, and what it writes with.
struct Load {
    name: &'static str,
    stand_in: &'static [&'static str],
    /// Calls under way at once.
    calls: usize,
    chapters: usize,
}

/// The first is what the promise is about. The second is the least work that a chapter can be, so the largest share that
/// watching can have.
const LOADS: [Load; 2] = [
    Load { name: "at its usual speed", stand_in: &[], calls: 160, chapters: 40 },
    Load { name: "at once", stand_in: &["--instant"], calls: 64, chapters: 300 },
];

/// How long a pair of books may take, in seconds.
const PATIENCE: u32 = 120;

/// Between two readings of the metrics, in seconds: Prometheus's in `deploy/prometheus/prometheus.yml`.
const READ_EVERY: u32 = 15;

/// The most that watching may add.
const PROMISE: f64 = 0.05;

/// Measures it in pairs of runs, one watched and one not.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Cost of being watched",
        "A worker of a fleet on RabbitMQ and Redis writes a book with chapters of 1,200 words in four sections. The \
         stand-in answers at its usual speed, 80 tokens a second in each of 160 calls, 40 chapters; and at once, 300 \
         chapters: the least work that a chapter can be, so the largest share that watching can have. Watched, the worker \
         serves metrics, which are read every 15 seconds as by the Prometheus in `deploy/`, sends every span to a \
         collector, as by default, and logs as JSON. Processor time is the worker's alone, with its start and its end. \
         Ten pairs: two fleets write the same book at the same time, so that whatever else the machine does slows both, \
         and take turns at being watched.",
    );
    let mut table = Table::new(&[
        "the stand-in answers",
        "processor time of a chapter, all off",
        "all on",
        "more, median of pairs",
    ]);
    let mut adds = Vec::new();
    for load in LOADS {
        let [off, on, more] = measure(&load)?;
        let milliseconds = |time: f64| format!("{:.2} ms", time * 1e3);
        let found = (milliseconds(off), milliseconds(on), format!("{:+.1} %", more * 100.0));
        table.row(&[&load.name, &found.0, &found.1, &found.2]);
        adds.push((more, found));
    }
    table.print();
    let (more, (off, on, percent)) = adds.swap_remove(0);
    let found = format!("{off} off, {on} on, {percent}");
    Ok(vec![Verdict::new("metrics, traces and logs add at most 5 % to a chapter", found, more <= PROMISE)])
}

/// Returns the processor time of a chapter in seconds, unwatched and watched, and by which share the latter is more:
/// each the median of all pairs.
fn measure(load: &Load) -> Result<[f64; 3]> {
    let (broker, model, collector) = (Rabbit::start(), StandIn::start(load.stand_in)?, Collector::start()?);
    let fleet = || Fleet::start(&broker, &model, load.calls, &collector.endpoint);
    let fleets = [fleet()?, fleet()?];
    let folder = tempfile::tempdir()?;
    let outline = folder.path().join("book.md");
    let mut pairs = Vec::new();
    for number in 0..=PAIRS {
        fs::write(&outline, Outline::seeded(number as u64, load.chapters, (4, 1_200)).to_markdown())?;
        let (one, other) = (&fleets[number % 2], &fleets[(number + 1) % 2]);
        let both = pair((one, other), &collector.endpoint, (&number.to_string(), &outline))?;
        // The first of all warms what the others find warm.
        if number > 0 {
            pairs.push(both.map(|time| time.as_secs_f64() / load.chapters as f64));
        }
    }
    ensure!(collector.received() > 0, "the collector was sent nothing");
    let median_of = |watched: usize| median(pairs.iter().map(|pair| pair[watched]).collect());
    let more = median(pairs.iter().map(|[off, on]| on / off - 1.0).collect());
    Ok([median_of(0), median_of(1), more])
}

/// Has the same book written by both fleets at the same time, by an unwatched worker and by a watched one, and returns the
/// processor time of each.
fn pair(
    (unwatched, watched): (&Fleet, &Fleet),
    collector: &str,
    (id, outline): (&str, &Path),
) -> Result<[Duration; 2]> {
    let (off, (on, metrics)) = (unwatched.unwatched_worker()?, watched.watched_worker(collector)?);
    let mut books = [unwatched.submit(id, outline)?, watched.submit(id, outline)?];
    for second in 0..PATIENCE {
        if second.is_multiple_of(READ_EVERY) {
            read(&metrics)?;
        }
        std::thread::sleep(Duration::from_secs(1));
        let [one, other] = &mut books;
        if one.ended()? && other.ended()? {
            return Ok([off.stop()?, on.stop()?]);
        }
    }
    bail!("the books took longer than {PATIENCE} seconds")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], values[middle]) } else { values[middle] }
}

/// Reads the metrics as Prometheus does.
fn read(address: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /metrics HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    std::io::copy(&mut stream, &mut std::io::sink())?;
    Ok(())
}
