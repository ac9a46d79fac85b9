//! How soon a worker makes its first call, and its memory while it is idle.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::net::TcpListener;

use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    percentile::percentile,
    process::Launcher,
    servers::Servers,
    table::{Table, Verdict, heading},
};

const RUNS: usize = 10;

/// The most that the time to the first call may be.
const START: Duration = Duration::from_millis(500);

/// The most memory that an idle worker may have, in bytes.
const MEMORY: u64 = 30_000_000;

/// How long a worker is idle before its memory is read.
const IDLE: Duration = Duration::from_secs(1);

/// What was measured in one run.
struct Measured {
    until_first_call: Duration,
    idle_memory: u64,
}

/// Measures both.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Starting a worker, and memory of an idle one",
        "The time from starting the process to the first model call of a chapter that waits in the queue. The worker \
         connects, declares its queues, consumes, claims the chapter and reads its context. The yardstick is the time \
         that the program takes to start and print its version. Memory is the resident size of a worker of 64 calls \
         that has been idle for a second.",
    );
    let model = Arc::new(CannedModel::new(Delay::None, 1).await?);
    let (mut starts, mut yardsticks, mut idle) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        let measured = measure(model.clone()).await?;
        starts.push(measured.until_first_call);
        idle = measured.idle_memory.max(idle);
        yardsticks.push(version()?);
    }
    let mut table = Table::new(&["of 10 starts", "to the first call", "yardstick"]);
    let millis = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1e3);
    for (name, share) in [("median", 0.5), ("worst", 1.0)] {
        table.row(&[&name, &millis(percentile(&starts, share)), &millis(percentile(&yardsticks, share))]);
    }
    table.print();
    let (worst, megabytes) = (percentile(&starts, 1.0), idle as f64 / 1e6);
    Ok(vec![
        Verdict::new("a worker makes its first call within 0.5 s", format!("worst {}", millis(worst)), worst < START),
        Verdict::new("an idle worker takes under 30 MB", format!("{megabytes:.1} MB"), idle < MEMORY),
    ])
}

async fn measure(model: Arc<CannedModel>) -> Result<Measured> {
    let servers = Servers::start();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let launcher = Launcher::new(&servers, &format!("http://{}/v1", listener.local_addr()?))?;
    let idle = launcher.start("worker")?;
    tokio::time::sleep(IDLE).await;
    let idle_memory = idle.memory()?.now;
    drop(idle);
    let fleet = InProcessFleet::start(&servers, model, FleetSettings { slots: 0, window: 1 }).await?;
    let book = fleet.submit("Started", BookShape { chapters: 1, sections: 1 }).await?.book;
    fleet.released(&book).await?;
    let worker = launcher.start("worker")?;
    listener.accept().await?;
    let until_first_call = worker.begun.elapsed();
    fleet.stop().await;
    Ok(Measured { until_first_call, idle_memory })
}

/// Returns the time that the program takes to start and print its version.
fn version() -> Result<Duration> {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_bindery")).arg("--version").stdout(Stdio::null()).status()?;
    ensure!(status.success(), "the program cannot say its version");
    Ok(begun.elapsed())
}
