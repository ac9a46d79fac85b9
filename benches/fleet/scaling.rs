//! Whether a second worker process does as much as the first.

use std::{sync::Arc, time::Duration};

use anyhow::Result;

use crate::{
    canned::{Canned, Delay},
    crew::{Crew, Crewed, Shape},
    process::Fleet,
    servers::Servers,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// Calls that one process may have under way.
const CALLS: u32 = 16;

const SHAPE: Shape = Shape { chapters: 48, sections: 4 };

const AIM: f64 = 1.9;

/// Measures one and two processes, from the first chapter's beginning to the last one's commit.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Two workers",
        "48 chapters of four sections, written by worker processes that may have 16 calls under way each, with calls of \
         about a second at a stand-in in a process of its own: the calls are the limit. One process is the yardstick of two.",
    );
    let stand_in = StandIn::start(&["--first-token", "0.01", "--tokens-per-second", "1000"])?;
    let mut table = Table::new(&["worker processes", "seconds"]);
    let mut times = Vec::new();
    for workers in [1, 2] {
        let time = measure(&stand_in, workers).await?;
        table.row(&[&workers, &format!("{:.2}", time.as_secs_f64())]);
        times.push(time.as_secs_f64());
    }
    table.print();
    let gain = times[0] / times[1];
    let promise = "two worker processes do at least 1.9 times the work of one";
    Ok(vec![Verdict::new(promise, format!("{gain:.2} times"), gain >= AIM)])
}

async fn measure(stand_in: &StandIn, workers: usize) -> Result<Duration> {
    let servers = Servers::start();
    let crewed = Crewed { slots: 0, window: 1_000 };
    let mut crew = Crew::muster(&servers, Arc::new(Canned::new(Delay::None).await?), crewed).await?;
    let fleet = Fleet::new(&servers, stand_in.url())?.set("BINDERY_MODEL__CALLS", &CALLS.to_string());
    let mut processes = Vec::new();
    for _ in 0..workers {
        processes.push(fleet.serve("worker")?);
    }
    crew.submit("Work", SHAPE).await?;
    let (book, _) = crew.bound().await?;
    let time = crew.writing(&book).await?;
    crew.dismiss().await;
    Ok(time)
}
