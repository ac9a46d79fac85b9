//! What the fleet adds to a book of ten chapters: the time from submitted to bound, less its slowest chapter's calls.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    breakdown::{self, Breakdown, Observed},
    canned_model::{CannedModel, Delay},
    celery::{Celery, Pool},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    percentile::percentile,
    raw_client::RawClient,
    servers::Servers,
    table::{Table, Verdict, heading},
};

const BOOKS: usize = 100;

const SHAPE: BookShape = BookShape { chapters: 10, sections: 1 };

const DELAY: Delay = Delay::Between { least: Duration::from_millis(100), most: Duration::from_millis(300) };

/// How long the raw client rests between its two messages. A book rests for longer, while its calls are answered, and a
/// message after a rest takes about twice the time of one that follows at once.
const REST: Duration = Duration::from_millis(100);

/// The most that the median may be, as a share of Celery's.
const AIM: f64 = 0.5;

/// What was measured with one Celery pool.
struct CeleryPool {
    name: String,
    celery: Celery,
    overheads: Vec<Duration>,
}

/// What was measured with one book of Bindery's.
struct OwnBook {
    breakdown: Breakdown,
    overhead: Duration,
    /// How long the calls of each chapter took.
    sleeps: Vec<Duration>,
}

/// The overheads in one row of the table.
struct Row<'a> {
    name: &'a str,
    overheads: &'a [Duration],
}

/// Measures the overhead of one book after another, each followed by the same book with each of Celery's pools.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Overhead of a book of ten chapters on a fleet",
        "The time from submitted to bound, less the slowest chapter's calls. A chapter has 15 KB and makes two calls \
         of 100 to 300 ms. One book follows another. The yardstick is Celery, measured between the books on the same \
         broker and store: a chord of ten tasks that sleep as long as the book's chapters did and SET their texts, and \
         a callback that writes one file of 150 KB. Its time is from `apply` to the file's sync, less its slowest \
         task's sleep. The raw client shows what is left without either: two messages, each published with a confirm, \
         consumed from a quorum queue and acknowledged, with a rest of 100 ms between them, and the sync of one such \
         file.",
    );
    let servers = Servers::start();
    let model = Arc::new(CannedModel::new(DELAY, SHAPE.chapters).await?);
    let mut raw_client = RawClient::connect(&servers, 1).await?;
    let mut pools = CeleryPool::start_all(&servers, model.text()).await?;
    let mut fleet = InProcessFleet::start(&servers, model.clone(), FleetSettings { slots: 64, window: 64 }).await?;
    let (mut overheads, mut raw, mut breakdowns) = (Vec::new(), Vec::new(), Vec::new());
    let folder = tempfile::tempdir()?;
    for number in 0..=BOOKS {
        let book = write_book(&mut fleet, &model, number).await?;
        let celery = pools.iter_mut().map(|pool| pool.celery.overhead(&book.sleeps)).collect::<Result<Vec<_>>>()?;
        let hops = hops_and_sync(&mut raw_client, &folder.path().join(number.to_string())).await?;
        // The first book of each opens connections.
        if number > 0 {
            overheads.push(book.overhead);
            breakdowns.push(book.breakdown);
            pools.iter_mut().zip(celery).for_each(|(pool, overhead)| pool.overheads.push(overhead));
            raw.push(hops);
        }
    }
    fleet.stop().await;
    let celery: Vec<Row<'_>> = pools.iter().map(CeleryPool::row).collect();
    let verdicts = print(&overheads, &celery, &raw);
    breakdown::print(&breakdowns);
    Ok(verdicts)
}

async fn write_book(fleet: &mut InProcessFleet, model: &CannedModel, number: usize) -> Result<OwnBook> {
    let submission = fleet.submit(&format!("Book {number}"), SHAPE).await?;
    let bound = fleet.next_bound().await?;
    ensure!(submission.book == bound.book, "another book was bound");
    let (calls, store_calls) = (model.take_calls(), fleet.timings.take_store_calls());
    let observed = Observed {
        submitted: submission.submitted,
        accepted: submission.accepted,
        bound: bound.at,
        calls: &calls,
        store_calls: &store_calls,
    };
    let breakdown = Breakdown::of(&observed).context("a step of the book was not seen")?;
    let overhead = (bound.at - submission.submitted).saturating_sub(breakdown.slowest_calls);
    let sleeps = (1..=SHAPE.chapters).filter_map(|chapter| Some(breakdown::total(calls.get(&chapter)?))).collect();
    Ok(OwnBook { breakdown, overhead, sleeps })
}

impl CeleryPool {
    /// Starts a worker with each pool that can run all tasks of a book at once.
    async fn start_all(servers: &Servers, text: &str) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for pool in Pool::all().into_iter().filter(|pool| pool.tasks >= SHAPE.chapters as usize) {
            let celery = Celery::start(servers, pool, text).await?;
            all.push(Self { name: format!("Celery, {}", pool.name()), celery, overheads: Vec::new() });
        }
        Ok(all)
    }

    fn row(&self) -> Row<'_> {
        Row { name: &self.name, overheads: &self.overheads }
    }
}

impl Row<'_> {
    fn at(&self, share: f64) -> Duration {
        percentile(self.overheads, share)
    }
}

/// Prints all percentiles, and holds the median against that of Celery's best pool.
fn print(overheads: &[Duration], celery: &[Row<'_>], raw: &[Duration]) -> Vec<Verdict> {
    let own = Row { name: "Bindery", overheads };
    let raw = Row { name: "raw client: two messages and a sync", overheads: raw };
    let mut table = Table::new(&["of 100 books", "p50", "p99", "Bindery's p50 is", "Bindery's p99 is"]);
    for row in [&own].into_iter().chain(celery).chain([&raw]) {
        let times = |share| format!("{:.2} times", own.at(share).as_secs_f64() / row.at(share).as_secs_f64());
        table.row(&[&row.name, &millis(row.at(0.5)), &millis(row.at(0.99)), &times(0.5), &times(0.99)]);
    }
    table.print();
    let best = celery.iter().min_by_key(|row| row.at(0.5));
    let verdict = |best: &Row<'_>| {
        let times = own.at(0.5).as_secs_f64() / best.at(0.5).as_secs_f64();
        let promise = format!("the overhead's p50 is at most {AIM} times that of Celery's best pool");
        Verdict::new(promise, format!("{times:.2} times ({})", best.name), times <= AIM)
    };
    best.map(verdict).into_iter().collect()
}

async fn hops_and_sync(raw_client: &mut RawClient, path: &Path) -> Result<Duration> {
    let first = raw_client.hop().await?;
    tokio::time::sleep(REST).await;
    Ok(first + raw_client.hop().await? + sync(path)?)
}

fn sync(path: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let mut file = File::create(path)?;
    file.write_all(&[7; 150_000])?;
    file.sync_all()?;
    Ok(begun.elapsed())
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
