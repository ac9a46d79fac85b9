//! Chapters by second through submit, plan, write and bind, against the floor of the same broker and store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use bindery_check::{Asked, SectionText, gate, targets, tidy};
use nix::sys::resource::UsageWho;

use crate::{
    canned::{Canned, Delay, POINT, WORDS},
    crew::{Crew, Crewed, Shape},
    floor::Floor,
    servers::Servers,
    table::{Table, Verdict, heading},
    usage::processor_time,
};

/// Chapters in flight, with the books and the chapters of each that are written.
const LOADS: [(u16, u32, u32); 3] = [(1, 1, 180), (16, 8, 60), (64, 16, 64)];

/// The share of the floor that is aimed for.
const AIM: f64 = 0.30;

/// What was measured with so many chapters in flight.
struct Measured {
    in_flight: u16,
    chapters: u32,
    rate: f64,
    floor: f64,
    processor: Duration,
    steps: Vec<(&'static str, u32, Duration)>,
}

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "Chapters by second",
        "All roles in one process with a canned model, on a RabbitMQ and a Redis of their own on the same machine: chapters \
         of one section of about 15 KB, all checks on, bound as Markdown. The yardstick is the floor that no program \
         passes which sends one message a chapter and keeps its text: publish with a confirm, consume from a quorum \
         queue, SET the text, acknowledge; before and after the chapters, as many at once.",
    );
    let servers = Servers::start();
    let canned = Arc::new(Canned::new(Delay::None).await?);
    let mut all = Vec::new();
    for load in LOADS {
        all.push(measure(&servers, &canned, load).await?);
    }
    print(&all);
    let check = single_steps(&servers, &canned).await?;
    bound(&all, check);
    let verdict = |measured: &Measured| {
        let share = measured.rate / measured.floor;
        let promise = format!("{AIM:.2} of the floor with {} in flight", measured.in_flight);
        Verdict::new(promise, format!("{share:.2}"), share >= AIM)
    };
    Ok(all.iter().map(verdict).collect())
}

async fn measure(
    servers: &Servers,
    canned: &Arc<Canned>,
    (in_flight, books, chapters): (u16, u32, u32),
) -> Result<Measured> {
    let mut floor = Floor::connect(servers, in_flight).await?;
    let (messages, at_once) = (books as usize * chapters as usize * 2, usize::from(in_flight));
    floor.rate(canned.text(), messages / 4, at_once).await?;
    let before = floor.rate(canned.text(), messages, at_once).await?;
    let crewed = Crewed { slots: in_flight, window: u32::from(in_flight) };
    let mut crew = Crew::muster(servers, canned.clone(), crewed).await?;
    // The first book pays for connections, and for scripts that Redis does not know yet.
    crew.submit(&format!("{in_flight} at once, to begin with"), Shape { chapters: 2, sections: 1 }).await?;
    crew.bound().await?;
    crew.steps.take();
    let (begun, spent) = (Instant::now(), processor_time(UsageWho::RUSAGE_SELF)?);
    let mut submitted = Vec::new();
    for number in 0..books {
        submitted.push(
            crew.submit(&format!("{in_flight} at once, book {number}"), Shape { chapters, sections: 1 }).await?.0,
        );
    }
    for _ in 0..books {
        crew.bound().await?;
    }
    let rate = f64::from(books * chapters) / begun.elapsed().as_secs_f64();
    let processor = processor_time(UsageWho::RUSAGE_SELF)? - spent;
    let steps = crew.steps.take().into_iter().map(|(name, (count, time))| (name, count, time)).collect();
    for book in submitted {
        crew.met_every_check(&book).await?;
    }
    crew.dismiss().await;
    let after = floor.rate(canned.text(), messages, at_once).await?;
    let floor = f64::midpoint(before, after);
    Ok(Measured { in_flight, chapters: books * chapters, rate, floor, processor, steps })
}

fn print(all: &[Measured]) {
    let mut table = Table::new(&[
        "in flight",
        "chapters",
        "chapters / s",
        "floor / s",
        "share",
        "processor / chapter (Bindery alone)",
    ]);
    for measured in all {
        let Measured { in_flight, chapters, rate, floor, processor, .. } = measured;
        table.row(&[
            in_flight,
            chapters,
            &format!("{rate:.0}"),
            &format!("{floor:.0}"),
            &format!("{:.2}", rate / floor),
            &millis(*processor / *chapters),
        ]);
    }
    table.print();
    let mut table =
        Table::new(&["step", "a chapter has", "each, 1 in flight", "each, 16 in flight", "each, 64 in flight"]);
    let last = all.last().map(|measured| measured.steps.as_slice()).unwrap_or_default();
    for (name, times, _) in last {
        let each = |measured: &Measured| {
            let found = measured.steps.iter().find(|(step, ..)| step == name);
            found.map_or("-".to_owned(), |(_, count, time)| millis(*time / *count))
        };
        let a_chapter = f64::from(*times) / all.last().map_or(1.0, |measured| f64::from(measured.chapters));
        table.row(&[name, &format!("{a_chapter:.2}"), &each(&all[0]), &each(&all[1]), &each(&all[2])]);
    }
    table.print();
}

/// Measures single steps of the yardstick, and the checks, one after another.
async fn single_steps(servers: &Servers, canned: &Canned) -> Result<Duration> {
    const TIMES: u32 = 200;
    let mut floor = Floor::connect(servers, 1).await?;
    let [mut publish, mut hop, mut keep, mut check] = [Duration::ZERO; 4];
    let points = [POINT.to_owned()];
    let asked = Asked { language: "en", heading: "All of it", points: &points, length: WORDS };
    for _ in 0..TIMES {
        publish += floor.publish().await?;
        hop += floor.hop().await?;
        keep += floor.keep(canned.text()).await?;
        let begun = Instant::now();
        let text = tidy(canned.text(), asked.heading, "Part 1");
        let text = SectionText::read(&text, asked.language);
        gate(&text, &asked)?;
        targets(&text, &asked);
        check += begun.elapsed();
    }
    let mut table = Table::new(&["one after another", "each"]);
    for (name, time) in [
        ("publish, confirm", publish),
        ("publish, confirm, consume, acknowledge", hop),
        ("SET of the text", keep),
        ("the checks of one section", check),
    ] {
        table.row(&[&name, &millis(time / TIMES)]);
    }
    table.print();
    Ok(check / TIMES)
}

/// Says what share of the floor a program would reach that did nothing but check, on all processors.
#[expect(clippy::print_stdout, reason = "what is printed is the result of a benchmark")]
fn bound(all: &[Measured], check: Duration) {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let most = processors as f64 / check.as_secs_f64();
    let shares: Vec<String> = all
        .iter()
        .map(|measured| format!("{:.2} with {} in flight", most / measured.floor, measured.in_flight))
        .collect();
    let shares = shares.join(", ");
    println!("\nChecking alone allows {most:.0} sections a second on {processors} processors: of the floor, {shares}.");
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}
