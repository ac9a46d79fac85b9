//! Whether small books wait longer because of a large one.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Result;
use bindery_domain::BookId;
use tokio::time::Instant;

use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    percentile::percentile,
    servers::Servers,
    table::{Table, Verdict, heading},
};

const SLOTS: u16 = 64;

const SMALL: BookShape = BookShape { chapters: 5, sections: 1 };

const BOOKS: usize = 50;

const LARGE: BookShape = BookShape { chapters: 500, sections: 1 };

/// The time of each of a chapter's two calls.
const CALL: Duration = Duration::from_secs(1);

const AIM: f64 = 1.5;

/// Measures fifty small books, alone and beside a large one that has all slots.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Fairness",
        "Fifty books of 5 chapters are submitted at once to 64 slots: first alone, which is the yardstick, then \
         beside a book of 500 chapters that has all slots already. Every chapter makes two calls of one second.",
    );
    let alone = measure(false).await?;
    let beside = measure(true).await?;
    let mut table = Table::new(&["fifty books of 5 chapters", "p50", "p95"]);
    for (name, times) in [("alone", &alone), ("beside one of 500", &beside)] {
        let seconds = |share| format!("{:.1} s", percentile(times, share).as_secs_f64());
        table.row(&[&name, &seconds(0.5), &seconds(0.95)]);
    }
    table.print();
    let times = percentile(&beside, 0.95).as_secs_f64() / percentile(&alone, 0.95).as_secs_f64();
    let promise = "the small books' p95 is at most 1.5 times what it is without the large one";
    Ok(vec![Verdict::new(promise, format!("{times:.2} times"), times <= AIM)])
}

async fn measure(beside: bool) -> Result<Vec<Duration>> {
    let servers = Servers::start();
    let model = Arc::new(CannedModel::new(Delay::Always(CALL), LARGE.chapters).await?);
    let settings = FleetSettings { slots: SLOTS, window: u32::from(SLOTS) };
    let mut fleet = InProcessFleet::start(&servers, model, settings).await?;
    if beside {
        fleet.submit("Large", LARGE).await?;
        // By then all slots are taken, because no chapter of the large book is done.
        tokio::time::sleep_until(Instant::now() + CALL).await;
    }
    let mut open = HashMap::<BookId, std::time::Instant>::new();
    for number in 0..BOOKS {
        let submission = fleet.submit(&format!("Small {number}"), SMALL).await?;
        open.insert(submission.book, submission.accepted);
    }
    let mut times = Vec::new();
    while !open.is_empty() {
        let bound = fleet.next_bound().await?;
        if let Some(accepted) = open.remove(&bound.book) {
            times.push(bound.at - accepted);
        }
    }
    fleet.stop().await;
    Ok(times)
}
