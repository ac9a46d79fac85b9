//! Chapters a second through submit, plan, write and bind, against Celery on the same broker and store.

mod celery_pools;
mod steps;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use nix::sys::resource::UsageWho;

use self::celery_pools::PoolRates;
use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    raw_client::RawClient,
    servers::Servers,
    table::{Table, Verdict, heading},
    timed_ports::StepCost,
    usage::processor_time,
};

/// Books that are written at once, and how.
#[derive(Clone, Copy)]
struct Load {
    in_flight: u16,
    books: u32,
    chapters: u32,
}

/// The loads that are shown but not held against Celery.
const LIGHTER: [Load; 2] =
    [Load { in_flight: 1, books: 1, chapters: 180 }, Load { in_flight: 16, books: 8, chapters: 60 }];

/// The load that Celery writes too.
const FULL: Load = Load { in_flight: 64, books: 16, chapters: 64 };

/// How often the full load is measured with Bindery and with each of Celery's pools, in turn. The median counts.
const ROUNDS: usize = 3;

/// What was measured with one load.
struct Measured {
    load: Load,
    /// Chapters a second.
    rate: f64,
    /// Messages a second of the raw client.
    raw_rate: f64,
    /// The processor time of this process.
    processor: Duration,
    steps: BTreeMap<&'static str, StepCost>,
}

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Chapters a second",
        "All roles run in one process with a canned model, on a private RabbitMQ and Redis of this machine. A chapter \
         has one section of about 15 KB; all checks are on, and books are bound as Markdown. The yardstick is Celery \
         on the same servers: a chord for each book, with a task for each chapter that SETs the same text, and a \
         callback that reads the texts of its book, joins them and writes one file. Its worker is measured three times \
         with each pool, in turn with Bindery; the medians count. The raw client is shown beside them: it sends one \
         message for each chapter with a confirm, consumes it from a quorum queue, SETs the text and acknowledges. It \
         is measured before and after the chapters, with as many messages at once.",
    );
    let servers = Servers::start();
    // Redis would rewrite its append-only file at some moment, to the cost of whoever is measured then.
    servers.redis.cli(&["CONFIG", "SET", "auto-aof-rewrite-percentage", "0"]);
    let most = LIGHTER.iter().chain([&FULL]).map(|load| load.chapters).max().unwrap_or_default();
    let model = Arc::new(CannedModel::new(Delay::None, most).await?);
    let mut measured = Vec::new();
    for load in LIGHTER {
        measured.push(measure(&servers, &model, load, 0).await?);
    }
    let mut pools = PoolRates::all();
    for round in 0..ROUNDS {
        measured.push(measure(&servers, &model, FULL, round).await?);
        for pool in &mut pools {
            pool.measure(&servers, model.text()).await?;
        }
        servers.redis.cli(&["FLUSHALL"]);
    }
    let full: Vec<f64> = measured[LIGHTER.len()..].iter().map(|measured| measured.rate).collect();
    print(&measured);
    let verdict = celery_pools::print(&pools, &full);
    steps::print(&measured[..=LIGHTER.len()]);
    steps::print_single(&servers, &model).await?;
    Ok(verdict.into_iter().collect())
}

async fn measure(servers: &Servers, model: &Arc<CannedModel>, load: Load, round: usize) -> Result<Measured> {
    let Load { in_flight, books, chapters } = load;
    let mut raw_client = RawClient::connect(servers, in_flight).await?;
    let (messages, at_once) = (books as usize * chapters as usize * 2, usize::from(in_flight));
    raw_client.rate(model.text(), messages / 4, at_once).await?;
    let before = raw_client.rate(model.text(), messages, at_once).await?;
    let settings = FleetSettings { slots: in_flight, window: u32::from(in_flight) };
    let mut fleet = InProcessFleet::start(servers, model.clone(), settings).await?;
    // The first book opens connections, and loads scripts that Redis does not know yet.
    let title = |what: &str| format!("{in_flight} in flight, round {round}, {what}");
    fleet.submit(&title("first book"), BookShape { chapters: 2, sections: 1 }).await?;
    fleet.next_bound().await?;
    fleet.timings.take_costs();
    let (begun, spent) = (Instant::now(), processor_time(UsageWho::RUSAGE_SELF)?);
    let mut submitted = Vec::new();
    for number in 0..books {
        let title = title(&format!("book {number}"));
        submitted.push(fleet.submit(&title, BookShape { chapters, sections: 1 }).await?.book);
    }
    for _ in 0..books {
        fleet.next_bound().await?;
    }
    let rate = f64::from(books * chapters) / begun.elapsed().as_secs_f64();
    let processor = processor_time(UsageWho::RUSAGE_SELF)? - spent;
    let steps = fleet.timings.take_costs();
    for book in submitted {
        fleet.ensure_written_once(&book).await?;
    }
    fleet.stop().await;
    let after = raw_client.rate(model.text(), messages, at_once).await?;
    Ok(Measured { load, rate, raw_rate: f64::midpoint(before, after), processor, steps })
}

fn print(all: &[Measured]) {
    let mut table = Table::new(&[
        "in flight",
        "chapters",
        "chapters / s",
        "raw client / s",
        "share",
        "processor / chapter (Bindery alone)",
    ]);
    for measured in all {
        let Measured { load, rate, raw_rate, processor, .. } = measured;
        let chapters = load.books * load.chapters;
        table.row(&[
            &load.in_flight,
            &chapters,
            &format!("{rate:.0}"),
            &format!("{raw_rate:.0}"),
            &format!("{:.2}", rate / raw_rate),
            &millis(*processor / chapters),
        ]);
    }
    table.print();
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}
