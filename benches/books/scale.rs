//! What a chapter costs in books of 10, 100 and 1,000 chapters, and what the largest needs of memory.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::UsageWho;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    bare::Bare,
    outline::Outline,
    peak::largest_peak,
    program::Desk,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    usage,
};

/// Sizes with the number of books of each: about as many chapters of every size.
const BOOKS: [(usize, usize); 3] = [(10, 40), (100, 6), (1_000, 1)];

const WORDS: u32 = 1_200;

const CALLS: usize = 64;

const MEMORY: u64 = 200_000_000;

/// What all books of one size took.
#[derive(Clone, Copy)]
struct Cost {
    chapters: usize,
    books: usize,
    calls: u64,
    wall: Duration,
    processor: Duration,
}

/// Measures both.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Cost of a chapter, and memory",
        "Chapters of 1,200 words in four sections, planned without a model (`--no-plan`), from a stand-in that answers \
         at once from a process of its own. Processor time is Bindery's alone. What a book costs whatever its size is \
         told apart: \"each further chapter\" is the difference to the size above, by chapter. The yardstick is a bare \
         client that makes as many calls as the largest book, 64 at once, to the same stand-in: it checks nothing and \
         keeps nothing. Memory is the peak of a process that writes 1,000 chapters of 2,500 words.",
    );
    // First, so that no child before it was larger.
    let memory = memory()?;
    let stand_in = StandIn::start(&["--instant"])?;
    let costs =
        BOOKS.iter().map(|&(chapters, books)| measure(&stand_in, chapters, books)).collect::<Result<Vec<_>>>()?;
    let calls = costs.last().map_or(0, |largest| largest.calls);
    print(&costs, &bare(&stand_in, calls)?);
    let mut verdicts = flatness(&costs);
    verdicts.push(memory);
    Ok(verdicts)
}

fn measure(stand_in: &StandIn, chapters: usize, books: usize) -> Result<Cost> {
    let mut cost = Cost { chapters, books, calls: 0, wall: Duration::ZERO, processor: Duration::ZERO };
    for seed in 0..books as u64 {
        let desk = Desk::new(&Outline::seeded(seed, chapters, (4, WORDS)).to_markdown(), stand_in.url())?;
        let before = usage::processor_time(UsageWho::RUSAGE_CHILDREN)?;
        let run = desk.write(&["--no-plan"])?.whole()?;
        cost.wall += run.wall;
        cost.calls += run.count("/report/calls")?;
        cost.processor += usage::processor_time(UsageWho::RUSAGE_CHILDREN)? - before;
    }
    Ok(cost)
}

impl Cost {
    fn book(&self, total: Duration) -> f64 {
        millis(total) / self.books as f64
    }

    fn chapter(&self, total: Duration) -> f64 {
        self.book(total) / self.chapters as f64
    }

    /// What each chapter costs that this size has more than another: wall and processor time, in milliseconds.
    fn further(&self, smaller: &Self) -> (f64, f64) {
        let more = (self.chapters - smaller.chapters) as f64;
        let each = |pick: fn(&Self) -> Duration| (self.book(pick(self)) - smaller.book(pick(smaller))) / more;
        (each(|cost| cost.wall), each(|cost| cost.processor))
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
    let mut row = |name: String, cost: &Cost, further: Option<(f64, f64)>| {
        let calls = cost.calls as f64 / cost.books as f64 / cost.chapters as f64;
        table.row(&[
            &name,
            &cost.books,
            &format!("{calls:.1}"),
            &shown(Some(cost.chapter(cost.wall))),
            &shown(Some(cost.chapter(cost.processor))),
            &shown(Some(cost.chapter(cost.processor) / calls)),
            &shown(further.map(|(wall, _)| wall)),
            &shown(further.map(|(_, processor)| processor)),
        ]);
    };
    for (position, cost) in costs.iter().enumerate() {
        let further = position.checked_sub(1).map(|before| cost.further(&costs[before]));
        row(cost.chapters.to_string(), cost, further);
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
    vec![verdict("processor time", near.1, far.1), verdict("wall time", near.0, far.0)]
}

/// Makes so many calls from this process, as if they were a book of 1,000 chapters.
fn bare(stand_in: &StandIn, calls: u64) -> Result<Cost> {
    let runtime = Runtime::new()?;
    let client = Bare::connect(stand_in.url(), Duration::from_secs(60))?;
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
    Ok(Cost { chapters: 1_000, books: 1, calls, wall: begun.elapsed(), processor })
}

/// Holds the peak memory of the largest book with all its calls under way against the promise.
fn memory() -> Result<Verdict> {
    let stand_in = StandIn::start(&["--first-token", "0.1", "--tokens-per-second", "4000"])?;
    // Six sections, so that the chapters under way have more calls to make than may run.
    let outline = Outline::seeded(0, 1_000, (6, 2_500)).to_markdown();
    Desk::new(&outline, stand_in.url())?.write(&["--no-plan"])?.whole()?;
    let at_once = stand_in.stats()?["peak_in_flight"].as_u64().context("the stand-in counts calls in flight")?;
    ensure!(at_once == CALLS as u64, "{at_once} calls were under way at once, not {CALLS}");
    let peak = largest_peak()?;
    let found = format!("{} MB", peak / 1_000_000);
    Ok(Verdict::new("1,000 chapters with 64 calls under way take under 200 MB", found, peak < MEMORY))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
