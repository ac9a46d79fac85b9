//! What a chapter costs in books of 10, 100 and 1,000 chapters, and the memory of a process that writes the largest.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::UsageWho;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    bare_writer::BareWriter,
    outline::{Outline, OutlineShape},
    peak_memory::largest_peak,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    usage,
    write_run::BookFolder,
};

/// The sizes, with so many books of each that the chapters of all sizes are about as many.
const SIZES: [Size; 3] =
    [Size { chapters: 10, books: 40 }, Size { chapters: 100, books: 6 }, Size { chapters: 1_000, books: 1 }];

const WORDS: u32 = 1_200;

/// Calls under way at once.
const CALLS: usize = 64;

/// The most memory that the largest book may take, in bytes.
const MEMORY: u64 = 200_000_000;

/// Books of the same number of chapters.
#[derive(Clone, Copy)]
struct Size {
    chapters: usize,
    books: usize,
}

/// What each further chapter costs, in milliseconds.
#[derive(Clone, Copy)]
struct Further {
    wall: f64,
    processor: f64,
}

/// What all books of one size took.
#[derive(Clone, Copy)]
struct Cost {
    size: Size,
    calls: u64,
    wall: Duration,
    processor: Duration,
}

/// Measures both.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Cost of a chapter, and memory",
        "Chapters have 1,200 words in four sections and are planned without a model (`--no-plan`). A stand-in in a \
         process of its own answers at once. Processor time is Bindery's alone. \"Each further chapter\" is the \
         difference to the size above, divided by the chapters; so it leaves out what a book costs whatever its size. \
         The yardstick is a bare client that makes as many calls as the largest book, 64 at once, to the same \
         stand-in. It checks nothing and keeps nothing. Memory is the peak of a process that writes 1,000 chapters of \
         2,500 words.",
    );
    // The kernel has the peak of the largest child alone, so this one must come before any larger one.
    let memory = memory()?;
    let stand_in = StandIn::start(&["--instant"])?;
    let costs = SIZES.iter().map(|size| measure(&stand_in, *size)).collect::<Result<Vec<_>>>()?;
    let calls = costs.last().map_or(0, |largest| largest.calls);
    print(&costs, &bare(&stand_in, calls)?);
    let mut verdicts = flatness(&costs);
    verdicts.push(memory);
    Ok(verdicts)
}

fn measure(stand_in: &StandIn, size: Size) -> Result<Cost> {
    let shape = OutlineShape { chapters: size.chapters, sections: 4, words: WORDS };
    let mut cost = Cost { size, calls: 0, wall: Duration::ZERO, processor: Duration::ZERO };
    for seed in 0..size.books as u64 {
        let folder = BookFolder::new(&Outline::seeded(seed, shape).to_markdown(), stand_in.url())?;
        let before = usage::processor_time(UsageWho::RUSAGE_CHILDREN)?;
        let run = folder.write(&["--no-plan"])?.whole()?;
        cost.wall += run.wall;
        cost.calls += run.count("/report/calls")?;
        cost.processor += usage::processor_time(UsageWho::RUSAGE_CHILDREN)? - before;
    }
    Ok(cost)
}

impl Cost {
    /// Returns what one book has of a total, in milliseconds.
    fn book(&self, total: Duration) -> f64 {
        millis(total) / self.size.books as f64
    }

    /// Returns what one chapter has of a total, in milliseconds.
    fn chapter(&self, total: Duration) -> f64 {
        self.book(total) / self.size.chapters as f64
    }

    /// Returns what each chapter costs that this size has more than a smaller one.
    fn further(&self, smaller: &Self) -> Further {
        let more = (self.size.chapters - smaller.size.chapters) as f64;
        let each = |pick: fn(&Self) -> Duration| (self.book(pick(self)) - smaller.book(pick(smaller))) / more;
        Further { wall: each(|cost| cost.wall), processor: each(|cost| cost.processor) }
    }
}

fn print(costs: &[Cost], bare: &Cost) {
    let mut table = Table::new(&[
        "chapters",
        "books",
        "calls / chapter",
        "wall / chapter",
        "processor / chapter",
        "processor / call",
        "each further chapter: wall",
        "each further chapter: processor",
    ]);
    let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2} ms"));
    let mut row = |name: String, cost: &Cost, further: Option<Further>| {
        let calls = cost.calls as f64 / cost.size.books as f64 / cost.size.chapters as f64;
        table.row(&[
            &name,
            &cost.size.books,
            &format!("{calls:.1}"),
            &shown(Some(cost.chapter(cost.wall))),
            &shown(Some(cost.chapter(cost.processor))),
            &shown(Some(cost.chapter(cost.processor) / calls)),
            &shown(further.map(|further| further.wall)),
            &shown(further.map(|further| further.processor)),
        ]);
    };
    for (position, cost) in costs.iter().enumerate() {
        let further = position.checked_sub(1).map(|before| cost.further(&costs[before]));
        row(cost.size.chapters.to_string(), cost, further);
    }
    row("1000, bare client".to_owned(), bare, None);
    table.print();
}

fn flatness(costs: &[Cost]) -> Vec<Verdict> {
    let [small, middle, large] = costs else { return Vec::new() };
    let (near, far) = (middle.further(small), large.further(middle));
    let verdict = |what: &str, near: f64, far: f64| {
        let growth = far / near - 1.0;
        let found = format!("{:+.0} % from 10-100 to 100-1,000 chapters", growth * 100.0);
        Verdict::new(format!("the {what} of a further chapter is flat within 20 %"), found, growth <= 0.2)
    };
    vec![verdict("processor time", near.processor, far.processor), verdict("wall time", near.wall, far.wall)]
}

/// Makes so many calls from this process, and counts them as a book of 1,000 chapters.
fn bare(stand_in: &StandIn, calls: u64) -> Result<Cost> {
    let runtime = Runtime::new()?;
    let client = BareWriter::connect(stand_in.url(), Duration::from_secs(60))?;
    let (begun, before) = (Instant::now(), usage::processor_time(UsageWho::RUSAGE_SELF)?);
    runtime.block_on(async {
        let next = std::sync::Arc::new(AtomicU64::new(0));
        let mut writers = JoinSet::new();
        for _ in 0..CALLS {
            let (client, next) = (client.clone(), next.clone());
            writers.spawn(async move {
                loop {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    if call >= calls {
                        return anyhow::Ok(());
                    }
                    client.write("Bare", u32::try_from(call)?, WORDS / 4).await?;
                }
            });
        }
        while let Some(done) = writers.join_next().await {
            done??;
        }
        anyhow::Ok(())
    })?;
    let processor = usage::processor_time(UsageWho::RUSAGE_SELF)? - before;
    Ok(Cost { size: Size { chapters: 1_000, books: 1 }, calls, wall: begun.elapsed(), processor })
}

/// Compares the peak memory of the largest book, with all its calls under way, with the promise.
fn memory() -> Result<Verdict> {
    let stand_in = StandIn::start(&["--first-token", "0.1", "--tokens-per-second", "4000"])?;
    // Chapters of six sections have more calls to make than may run at once.
    let outline = Outline::seeded(0, OutlineShape { chapters: 1_000, sections: 6, words: 2_500 }).to_markdown();
    BookFolder::new(&outline, stand_in.url())?.write(&["--no-plan"])?.whole()?;
    let at_once = stand_in.stats()?["peak_in_flight"].as_u64().context("the stand-in counts calls in flight")?;
    ensure!(at_once == CALLS as u64, "{at_once} calls were under way at once, not {CALLS}");
    let peak = largest_peak()?;
    let found = format!("{} MB", peak / 1_000_000);
    Ok(Verdict::new("1,000 chapters with 64 calls under way take under 200 MB", found, peak < MEMORY))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
