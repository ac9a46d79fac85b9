//! What metrics, traces and logs cost a worker, against a worker with all of them off.

mod collector;
mod fleet;

use std::{fs, io::Write as _, net::TcpStream, path::Path, time::Duration};

use anyhow::{Result, bail, ensure};
use bindery_test_servers::Rabbit;

use self::{
    collector::Collector,
    fleet::{Fleet, Watched},
};
use crate::{
    outline::{Outline, OutlineShape},
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const PAIRS: usize = 10;

/// What a worker writes, and with how many calls.
struct Load {
    name: &'static str,
    stand_in: &'static [&'static str],
    /// Calls under way at once.
    calls: usize,
    chapters: usize,
}

/// The promise is about the first load. In the second a chapter is the least work that it can be, so the share of
/// watching is the largest that it can be.
const LOADS: [Load; 2] = [
    Load { name: "at its usual speed", stand_in: &[], calls: 160, chapters: 40 },
    Load { name: "at once", stand_in: &["--instant"], calls: 64, chapters: 300 },
];

/// The seconds that a pair of books may take.
const MAX_SECONDS: u32 = 120;

/// The seconds between two readings of the metrics, as in `deploy/prometheus/prometheus.yml`.
const READ_EVERY: u32 = 15;

/// The most that watching may add, as a share.
const PROMISE: f64 = 0.05;

/// What was measured with one load: the medians of all pairs.
struct Measured {
    /// The processor time of a chapter without watching, in seconds.
    off: f64,
    /// The processor time of a chapter with watching, in seconds.
    on: f64,
    /// The share by which the latter is more.
    more: f64,
}

/// The processor time of a pair of workers, in seconds for each chapter.
struct Pair {
    off: f64,
    on: f64,
}

/// Two fleets, of which one is watched for this book.
struct Fleets<'a> {
    unwatched: &'a Fleet,
    watched: &'a Fleet,
}

/// A book that both fleets write.
struct Book<'a> {
    id: &'a str,
    outline: &'a Path,
    chapters: usize,
}

/// Measures it in pairs of runs, one watched and one not.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Cost of being watched",
        "A worker of a fleet on RabbitMQ and Redis writes a book with chapters of 1,200 words in four sections. The \
         stand-in first answers at its usual speed: 40 chapters, 80 tokens a second in each of 160 calls. Then it \
         answers at once: 300 chapters, each the least work that a chapter can be, so that watching has its largest \
         share. The watched worker serves metrics, which are read every 15 seconds as by the Prometheus in `deploy/`. \
         It sends every span to a collector, as by default, and logs as JSON. Processor time is the worker's alone, \
         with its start and its end. There are ten pairs: two fleets write the same book at the same time, so that \
         whatever else the machine does slows both, and they take turns at being watched.",
    );
    let mut table = Table::new(&[
        "the stand-in answers",
        "processor time of a chapter, all off",
        "all on",
        "more, median of pairs",
    ]);
    let mut adds = Vec::new();
    for load in LOADS {
        let Measured { off, on, more } = measure(&load)?;
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

/// Measures all pairs with one load.
fn measure(load: &Load) -> Result<Measured> {
    let (broker, model, collector) = (Rabbit::start(), StandIn::start(load.stand_in)?, Collector::start()?);
    let fleet = || Fleet::start(&broker, &model, load.calls, &collector.endpoint);
    let fleets = [fleet()?, fleet()?];
    let folder = tempfile::tempdir()?;
    let outline = folder.path().join("book.md");
    let mut pairs = Vec::new();
    for number in 0..=PAIRS {
        let shape = OutlineShape { chapters: load.chapters, sections: 4, words: 1_200 };
        fs::write(&outline, Outline::seeded(number as u64, shape).to_markdown())?;
        let fleets = Fleets { unwatched: &fleets[number % 2], watched: &fleets[(number + 1) % 2] };
        let book = Book { id: &number.to_string(), outline: &outline, chapters: load.chapters };
        let pair = fleets.write(&book, &collector.endpoint)?;
        // The first pair finds servers that have not worked yet.
        if number > 0 {
            pairs.push(pair);
        }
    }
    ensure!(collector.received() > 0, "the collector was sent nothing");
    let median_of = |pick: fn(&Pair) -> f64| median(pairs.iter().map(pick).collect());
    Ok(Measured {
        off: median_of(|pair| pair.off),
        on: median_of(|pair| pair.on),
        more: median_of(|pair| pair.on / pair.off - 1.0),
    })
}

impl Fleets<'_> {
    /// Writes a book with both fleets at the same time.
    fn write(&self, book: &Book<'_>, collector: &str) -> Result<Pair> {
        let off = self.unwatched.unwatched_worker()?;
        let Watched { worker: on, metrics } = self.watched.watched_worker(collector)?;
        let mut books = [self.unwatched.submit(book.id, book.outline)?, self.watched.submit(book.id, book.outline)?];
        for second in 0..MAX_SECONDS {
            if second.is_multiple_of(READ_EVERY) {
                read(&metrics)?;
            }
            std::thread::sleep(Duration::from_secs(1));
            let [one, other] = &mut books;
            if one.ended()? && other.ended()? {
                let each = |time: Duration| time.as_secs_f64() / book.chapters as f64;
                return Ok(Pair { off: each(off.stop()?), on: each(on.stop()?) });
            }
        }
        bail!("the books took longer than {MAX_SECONDS} seconds")
    }
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
