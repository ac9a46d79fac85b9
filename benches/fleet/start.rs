//! How soon a worker works, and what it takes while it does not.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::net::TcpListener;

use crate::{
    canned::{Canned, Delay},
    crew::{Crew, Crewed, Shape},
    process::Fleet,
    servers::Servers,
    spread::percentile,
    table::{Table, Verdict, heading},
};

const RUNS: usize = 10;

const START: Duration = Duration::from_millis(500);

const MEMORY: u64 = 30_000_000;

/// How long a worker is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(1);

/// Measures both.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Starting a worker, and memory of an idle one",
        "From starting the process to the first model call of a chapter that waits in the queue: connecting, declaring, \
         consuming, claiming, reading the context. The yardstick is starting the program to say its version. Memory is \
         the resident size of a worker of 64 calls that has had nothing to do for a second.",
    );
    let canned = Arc::new(Canned::new(Delay::None).await?);
    let (mut starts, mut yardsticks, mut idle) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        let (start, memory) = measure(canned.clone()).await?;
        starts.push(start);
        idle = memory.max(idle);
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

async fn measure(canned: Arc<Canned>) -> Result<(Duration, u64)> {
    let servers = Servers::start();
    let model = TcpListener::bind("127.0.0.1:0").await?;
    let fleet = Fleet::new(&servers, &format!("http://{}/v1", model.local_addr()?))?;
    let idle = fleet.serve("worker")?;
    tokio::time::sleep(IDLE).await;
    let (memory, _) = idle.memory()?;
    drop(idle);
    let crew = Crew::muster(&servers, canned, Crewed { slots: 0, window: 1 }).await?;
    let (book, _) = crew.submit("Started", Shape { chapters: 1, sections: 1 }).await?;
    crew.released(&book).await?;
    let worker = fleet.serve("worker")?;
    model.accept().await?;
    let start = worker.begun.elapsed();
    crew.dismiss().await;
    Ok((start, memory))
}

/// Starts the program to do nothing.
fn version() -> Result<Duration> {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_bindery")).arg("--version").stdout(Stdio::null()).status()?;
    ensure!(status.success(), "the program cannot say its version");
    Ok(begun.elapsed())
}
