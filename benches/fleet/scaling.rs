//! Whether each further worker process does as much as the first: chapters a minute against the rate that calls allow.

use std::{f64::consts::E, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use bindery_config::Config;
use bindery_domain::Moment;
use bindery_ledger::Part;
use bindery_stand_in::Timing;
use bindery_store::now;

use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    process::{Launcher, Process},
    processors::{self, Used, WHO},
    progress::{Progress, Span},
    servers::Servers,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// Calls that one process may make at once.
const CALLS: u32 = 32;

/// Chapters that one process writes at once.
const SLOTS: u32 = CALLS / 2;

const SIZES: [u32; 4] = [1, 2, 4, 8];

const SHAPE: BookShape = BookShape { chapters: 24, sections: 4 };

/// Books for each process.
const BOOKS: u32 = 3;

/// How far chapters a minute may be from the rate that calls allow.
const TOLERANCE: f64 = 0.1;

/// The work that two processes must do, in that of one.
const GAIN: f64 = 1.9;

/// The time between two samples.
const LOOK: Duration = Duration::from_secs(1);

/// What was measured with so many processes.
struct Measured {
    processes: u32,
    seconds: f64,
    chapters: usize,
    /// Chapters a minute.
    rate: f64,
    calls_per_chapter: f64,
    seconds_per_call: f64,
    /// The seconds that a call would take if the stand-in kept exactly to its speed.
    asked_per_call: f64,
    /// The share of the allowed calls that were under way.
    busy: f64,
    /// The number of processors that each of [`WHO`] kept busy.
    processors: [f64; WHO.len()],
}

/// What was seen at one moment.
struct Sample {
    at: Moment,
    in_flight: u64,
    used: Used,
}

/// Measures fleets of each size.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Worker processes",
        "Worker processes with 32 calls and 16 slots each write books of 24 chapters of four sections, three books \
         for each process. A stand-in in a process of its own answers at its usual speed: half a second to the first \
         token in the median, 80 tokens a second. The yardstick is the rate that calls allow: calls / (calls of a \
         chapter x seconds of a call), both as recorded with the parts of the same chapters. The time is the ledger's. \
         It begins when as many chapters are done as there are slots, and ends when the last one is begun; the \
         chapters done within it count. `busy` is the share of the calls that the stand-in had under way, sampled each \
         second. `asked` is the time of a call that comes exactly as fast as the stand-in is told to send it; the rest \
         is the stand-in's and the machine's.",
    );
    let mut all = Vec::new();
    for processes in SIZES {
        all.push(measure(processes).await?);
    }
    print(&all);
    let mut verdicts: Vec<Verdict> = all.iter().map(Measured::verdict).collect();
    let gain = all[1].rate / all[0].rate;
    let promise = format!("two worker processes do at least {GAIN} times the work of one");
    verdicts.push(Verdict::new(promise, format!("{gain:.2} times"), gain >= GAIN));
    Ok(verdicts)
}

async fn measure(processes: u32) -> Result<Measured> {
    let servers = Servers::start();
    let stand_in = StandIn::start(&[])?;
    let settings = FleetSettings { slots: 0, window: Config::default().ledger.window };
    let model = Arc::new(CannedModel::new(Delay::None, SHAPE.chapters).await?);
    let in_process = InProcessFleet::start(&servers, model, settings).await?;
    let mut books = Vec::new();
    for number in 0..processes * BOOKS {
        books.push(in_process.submit(&format!("Scale, book {number}"), SHAPE).await?.book);
    }
    for book in &books {
        in_process.released(book).await?;
    }
    let launcher = Launcher::new(&servers, stand_in.url())?.set("BINDERY_MODEL__CALLS", &CALLS.to_string());
    let workers = (0..processes).map(|_| launcher.start("worker")).collect::<Result<Vec<Process>>>()?;
    let mut progress = Progress::of(in_process.ports.store.clone(), books);
    let mut samples = Vec::new();
    let mut look = tokio::time::interval(LOOK);
    while progress.begun() < (processes * BOOKS * SHAPE.chapters) as usize {
        look.tick().await;
        let in_flight = stand_in.stats()?["in_flight"].as_u64().context("the stand-in counts its calls")?;
        samples.push(Sample { at: now(), in_flight, used: processors::used(&servers, &stand_in, &workers)? });
        progress.read().await?;
    }
    let measured = Measured::of(processes, &progress, &samples).await?;
    // The books need not be finished, so the workers are killed.
    drop(workers);
    in_process.stop().await;
    Ok(measured)
}

impl Measured {
    async fn of(processes: u32, progress: &Progress, samples: &[Sample]) -> Result<Self> {
        let (beginnings, ends) = (progress.beginnings(), progress.ends());
        let from = *ends.get((processes * SLOTS) as usize - 1).context("too few chapters were done")?;
        let last = *beginnings.last().context("no chapter was begun")?;
        let to = *ends.iter().rfind(|at| **at <= last).context("no chapter was done")?;
        let span = Span { from, to };
        let chapters = progress.done_within(span);
        let parts = progress.parts(&chapters).await?;
        let calls: u32 = parts.iter().map(|part| part.calls).sum();
        let elapsed: u64 = parts.iter().map(|part| part.elapsed_ms).sum();
        let seconds = to.since(from).as_secs_f64();
        let steady: Vec<&Sample> = samples.iter().filter(|sample| span.contains(sample.at)).collect();
        ensure!(steady.len() > 1 && calls > 0, "nothing was measured in {seconds} s");
        let in_flight: u64 = steady.iter().map(|sample| sample.in_flight).sum();
        Ok(Self {
            processes,
            seconds,
            chapters: chapters.len(),
            rate: chapters.len() as f64 / seconds * 60.0,
            calls_per_chapter: f64::from(calls) / chapters.len() as f64,
            seconds_per_call: elapsed as f64 / 1e3 / f64::from(calls),
            asked_per_call: asked(&parts, calls),
            busy: in_flight as f64 / steady.len() as f64 / f64::from(processes * CALLS),
            processors: processors_between(steady[0], steady[steady.len() - 1]),
        })
    }

    /// Returns the chapters a minute that calls allow.
    fn expected(&self) -> f64 {
        f64::from(self.processes * CALLS) / (self.calls_per_chapter * self.seconds_per_call) * 60.0
    }

    fn verdict(&self) -> Verdict {
        let ratio = self.rate / self.expected();
        let promise =
            format!("with {} processes chapters a minute are within 10 % of what calls allow", self.processes);
        Verdict::new(promise, format!("{ratio:.2} of it"), (ratio - 1.0).abs() <= TOLERANCE)
    }
}

/// Returns the seconds that a call of these parts takes in the mean at the stand-in's usual speed.
fn asked(parts: &[Part], calls: u32) -> f64 {
    let Timing { first_token, sigma, tokens_per_second, spread } = Timing::default();
    let tokens: u64 = parts.iter().map(|part| part.usage.output).sum();
    // The first is the mean of a log-normal time, the second nearly the mean of the inverse of a normal speed.
    let first = first_token.as_secs_f64() * E.powf(sigma * sigma / 2.0);
    let each = tokens_per_second.map_or(0.0, |rate| (1.0 + spread * spread) / rate);
    first + tokens as f64 / f64::from(calls) * each
}

fn processors_between(first: &Sample, last: &Sample) -> [f64; WHO.len()] {
    let seconds = last.at.since(first.at).as_secs_f64();
    std::array::from_fn(|who| last.used[who].saturating_sub(first.used[who]).as_secs_f64() / seconds)
}

fn print(all: &[Measured]) {
    let columns = [
        "processes",
        "calls",
        "chapters",
        "seconds",
        "chapters/min",
        "calls/chapter",
        "seconds/call",
        "asked",
        "expected",
        "ratio",
        "busy",
    ];
    let mut table = Table::new(&columns);
    for measured in all {
        let Measured { processes, seconds, chapters, rate, calls_per_chapter, .. } = measured;
        table.row(&[
            processes,
            &(processes * CALLS),
            chapters,
            &format!("{seconds:.0}"),
            &format!("{rate:.1}"),
            &format!("{calls_per_chapter:.2}"),
            &format!("{:.2}", measured.seconds_per_call),
            &format!("{:.2}", measured.asked_per_call),
            &format!("{:.1}", measured.expected()),
            &format!("{:.2}", rate / measured.expected()),
            &format!("{:.0} %", measured.busy * 100.0),
        ]);
    }
    table.print();
    let mut columns = vec!["processors kept busy with"];
    columns.extend(WHO);
    let mut table = Table::new(&columns);
    for measured in all {
        let cells = measured.processors.map(|processors| format!("{processors:.2}"));
        let mut row: Vec<&dyn std::fmt::Display> = vec![&measured.processes];
        row.extend(cells.iter().map(|cell| cell as &dyn std::fmt::Display));
        table.row(&row);
    }
    table.print();
}
