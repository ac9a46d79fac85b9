//! The memory that each of 10,000 streams takes in one worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bindery_domain::{BookId, HashedText, Micros, TaskId};
use bindery_ledger::{Answer, Checkpoint, Command, Parking, Part};

use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    process::{Launcher, Memory, Process, until},
    servers::Servers,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const BOOKS: u32 = 25;

const SHAPE: BookShape = BookShape { chapters: 100, sections: 4 };

const STREAMS: u64 = 10_000;

/// The most memory that each stream may take, in bytes.
const AIM: u64 = 60_000;

/// How long all streams flow before the memory is read.
const FLOW: Duration = Duration::from_secs(30);

/// How long they may take to begin.
const TIMEOUT: Duration = Duration::from_secs(180);

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "10,000 streams in one worker",
        "One worker process writes 2,500 chapters of 25 books, whose briefs are there already. Each chapter has four \
         sections, and each section comes at one token a second from a stand-in in another process. Memory is the \
         worker's peak (`VmHWM`) after all streams have flowed for 30 s, less that of an idle worker with the same \
         settings.",
    );
    let servers = Servers::start();
    let model = Arc::new(CannedModel::new(Delay::None, SHAPE.chapters).await?);
    let fleet = InProcessFleet::start(&servers, model, FleetSettings { slots: 0, window: 1_000 }).await?;
    let stand_in = StandIn::start(&["--first-token", "0.5", "--tokens-per-second", "1"])?;
    let launcher = Launcher::new(&servers, stand_in.url())?.set("BINDERY_MODEL__CALLS", &STREAMS.to_string());
    let idle = idle(&launcher).await?;
    for number in 0..BOOKS {
        let book = fleet.submit(&format!("Streams, book {number}"), SHAPE).await?.book;
        fleet.released(&book).await?;
        for chapter in 1..=SHAPE.chapters {
            keep_brief(&fleet, &book, chapter).await?;
        }
    }
    let worker = launcher.start("worker")?;
    let reached = flowing(&stand_in).await?;
    let before = worker.memory()?.now;
    tokio::time::sleep(FLOW).await;
    let Memory { now: after, peak } = worker.memory()?;
    let in_flight = stand_in.stats()?["in_flight"].as_u64().context("the stand-in counts its calls")?;
    ensure!(in_flight >= STREAMS, "only {in_flight} streams are left");
    drop((worker, fleet));
    let each = (peak - idle) / STREAMS;
    let mut table = Table::new(&["", "resident"]);
    for (name, bytes) in [
        ("idle", idle),
        ("all streams begun", before),
        ("after 30 s", after),
        ("at its peak", peak),
        ("each stream, at the peak", each),
    ] {
        table.row(&[&name, &format!("{:.3} MB", bytes as f64 / 1e6)]);
    }
    table.row(&[&"all streams begun after", &format!("{:.1} s", reached.as_secs_f64())]);
    table.print();
    let found = format!("{:.1} KB", each as f64 / 1e3);
    Ok(vec![Verdict::new("each of 10,000 streams takes at most 60 KB", found, each <= AIM)])
}

async fn idle(launcher: &Launcher) -> Result<u64> {
    let worker: Process = launcher.start("worker")?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(worker.memory()?.now)
}

/// Waits until all streams are under way, and returns how long that took.
async fn flowing(stand_in: &StandIn) -> Result<Duration> {
    let begun = Instant::now();
    until("as many streams as there are sections", TIMEOUT, || {
        let in_flight = stand_in.stats()?["in_flight"].as_u64();
        Ok(in_flight.filter(|calls| *calls >= STREAMS))
    })
    .await?;
    Ok(begun.elapsed())
}

/// Keeps a chapter's brief, as a worker does that is stopped after it.
async fn keep_brief(fleet: &InProcessFleet, book: &BookId, chapter: u32) -> Result<()> {
    let sections = (1..=SHAPE.sections).map(|number| {
        let points: Vec<String> = (number == 1).then(|| format!("{chapter}.1")).into_iter().collect();
        serde_json::json!({"heading": format!("Part {number} of it"), "points": points, "length": 625})
    });
    let brief = HashedText::from(serde_json::json!({"sections": sections.collect::<Vec<_>>()}).to_string());
    let (store, task) = (&fleet.ports.store, TaskId::Write(chapter));
    let claim = Command::Claim { worker: "brief".to_owned(), claim: format!("{book}/{chapter}"), solo: false };
    let Answer::Go(grant) = store.step(book, task, claim).await? else { anyhow::bail!("chapter {chapter} was taken") };
    let (fence, spent) = (grant.fence, Micros::ZERO);
    let part = Part { digest: Some(brief.digest().clone()), attempts: 1, calls: 1, ..Part::default() };
    let parts = vec![Checkpoint { part, text: Some(brief), ..Checkpoint::default() }];
    store.step(book, task, Command::Checkpoint { fence: fence.clone(), parts }).await?;
    let park = Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent };
    ensure!(store.step(book, task, park).await? == Answer::Parked, "chapter {chapter} was not parked");
    Ok(())
}
