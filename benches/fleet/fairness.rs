//! Whether a large book takes the small ones' turn.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Result;
use bindery_domain::BookId;
use tokio::time::Instant;

use crate::{
    canned::{Canned, Delay},
    crew::{Crew, Crewed, Shape},
    servers::Servers,
    spread::percentile,
    table::{Table, Verdict, heading},
};

const SLOTS: u16 = 64;

const SMALL: Shape = Shape { chapters: 5, sections: 1 };

const BOOKS: usize = 50;

const LARGE: Shape = Shape { chapters: 500, sections: 1 };

/// How long each of a chapter's two calls takes.
const CALL: Duration = Duration::from_secs(1);

const AIM: f64 = 1.5;

/// Measures fifty small books, alone and beside a large one that has taken all slots.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Fairness",
        "Fifty books of 5 chapters that are submitted at once to 64 slots, alone (the yardstick) and beside one of 500 \
         chapters that was there before them and has all slots. Every chapter makes two calls of one second.",
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
    let canned = Arc::new(Canned::new(Delay::Always(CALL)).await?);
    let mut crew = Crew::muster(&servers, canned, Crewed { slots: SLOTS, window: u32::from(SLOTS) }).await?;
    if beside {
        crew.submit("Large", LARGE).await?;
        // Half a chapter later all slots are taken.
        tokio::time::sleep_until(Instant::now() + CALL).await;
    }
    let mut open = HashMap::<BookId, std::time::Instant>::new();
    for number in 0..BOOKS {
        let (book, accepted) = crew.submit(&format!("Small {number}"), SMALL).await?;
        open.insert(book, accepted);
    }
    let mut times = Vec::new();
    while !open.is_empty() {
        let (book, at) = crew.bound().await?;
        if let Some(accepted) = open.remove(&book) {
            times.push(at - accepted);
        }
    }
    crew.dismiss().await;
    Ok(times)
}
