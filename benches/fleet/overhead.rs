//! What the fleet adds to a book of 10 chapters: from accepted to bound, less the slowest chain of its calls.

use std::{fs::File, io::Write as _, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};

use crate::{
    canned::{Canned, Delay},
    crew::{Crew, Crewed, Shape},
    floor::Floor,
    servers::Servers,
    spread::percentile,
    table::{Table, Verdict, heading},
    way::{self, Way},
};

const BOOKS: usize = 100;

/// How long everything rests between the yardstick's messages. A book's rest for longer, while its calls are answered, and
/// what has rested is slower: a message takes about twice the time of one that follows at once.
const REST: Duration = Duration::from_millis(100);

const SHAPE: Shape = Shape { chapters: 10, sections: 1 };

/// What overhead may come to in yardsticks: at the median, and at the 99th percentile.
const AIMS: [(f64, f64); 2] = [(0.5, 3.0), (0.99, 10.0)];

/// Measures it, one book after another.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Overhead of a book of 10 chapters on a fleet",
        "From accepted to bound, less the slowest chain of its calls, with calls of 100 to 300 ms and chapters of 15 KB; \
         one book after another. The yardstick, measured between the books: two messages one after the other, each \
         published with a confirm, consumed from a quorum queue and acknowledged, with a rest of 100 ms between them as \
         a book's calls make a longer one, and the sync of one file of 150 KB. A book cannot do without: its plan takes \
         no call and comes with it, its chapters wait for their messages, and its binding for them.",
    );
    let servers = Servers::start();
    let delay = Delay::Between(Duration::from_millis(100), Duration::from_millis(300));
    let canned = Arc::new(Canned::new(delay).await?);
    let mut floor = Floor::connect(&servers, 1).await?;
    let mut crew = Crew::muster(&servers, canned.clone(), Crewed { slots: 64, window: 64 }).await?;
    let (mut overheads, mut yardsticks, mut ways) = (Vec::new(), Vec::new(), Vec::new());
    let file = tempfile::tempdir()?;
    for number in 0..=BOOKS {
        let (book, accepted) = crew.submit(&format!("Book {number}"), SHAPE).await?;
        let (bound, at) = crew.bound().await?;
        ensure!(book == bound, "another book was bound");
        let way = Way::of(accepted, at, &canned.calls(), &crew.steps.marks()).context("the book has gone its way")?;
        let overhead = (at - accepted).saturating_sub(way.chain);
        let first = floor.hop().await?;
        tokio::time::sleep(REST).await;
        let yardstick = first + floor.hop().await? + sync(&file.path().join(number.to_string()))?;
        // The first one pays for connections.
        if number > 0 {
            overheads.push(overhead);
            ways.push(way);
            yardsticks.push(yardstick);
        }
    }
    crew.dismiss().await;
    let mut table = Table::new(&["of 100 books", "overhead", "yardstick", "times"]);
    let mut verdicts = Vec::new();
    for (share, aim) in AIMS {
        let (overhead, yardstick) = (percentile(&overheads, share), percentile(&yardsticks, share));
        let times = overhead.as_secs_f64() / yardstick.as_secs_f64();
        let name = format!("p{:.0}", share * 100.0);
        table.row(&[&name, &millis(overhead), &millis(yardstick), &format!("{times:.1}")]);
        let promise = format!("the overhead's {name} is at most {aim:.0} times the yardstick's");
        verdicts.push(Verdict::new(promise, format!("{times:.1} times"), times <= aim));
    }
    table.print();
    way::print(&ways);
    Ok(verdicts)
}

fn sync(path: &std::path::Path) -> Result<Duration> {
    let begun = std::time::Instant::now();
    let mut file = File::create(path)?;
    file.write_all(&[7; 150_000])?;
    file.sync_all()?;
    Ok(begun.elapsed())
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
