//! Whether worker processes that are taken away under load cost a finished part or a try.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Event, Part, State, Task};
use bindery_stand_in::Stats;

use crate::{
    canned_model::{CannedModel, Delay},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    process::{Launcher, Process},
    progress::Progress,
    servers::Servers,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const CALLS: &str = "32";

const PROCESSES: usize = 8;

const LEFT: usize = 2;

const SHAPE: BookShape = BookShape { chapters: 192, sections: 4 };

/// Chapters that are done when processes are asked to stop. Those after them are in all stages by then.
const DONE: usize = 32;

/// The grace of a process, much less than the time of a call.
const GRACE: &str = "1s";

/// The time between two readings of the ledger.
const LOOK: Duration = Duration::from_millis(200);

/// The parts that were seen finished.
#[derive(Default)]
struct Finished(BTreeMap<PartKey, FinishedPart>);

/// A part of a chapter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PartKey {
    task: TaskId,
    number: u16,
}

/// What was seen of a finished part: the stand-in's calls about it so far, and its record in the ledger.
struct FinishedPart {
    calls: u64,
    part: Part,
}

/// How many finished parts were repeated.
struct Repeated {
    /// Parts that the stand-in has had a further call about.
    called: usize,
    /// Parts whose record in the ledger has changed.
    changed: usize,
}

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "From 8 worker processes to 2 under load",
        "Eight processes of 32 calls each write one book of 192 chapters of four sections, against a stand-in at its \
         usual speed. Once 32 chapters are done, six of the processes get SIGTERM. Their grace is one second, so their \
         calls are broken off. The finished parts are read from the ledger before the signal and after the sixth \
         process has ended, and the stand-in is asked each time how many calls it has had about each of them. When the \
         book is bound, both are read again. A finished part counts as repeated where there was a further call or \
         where its record has changed. Tries and lapsed leases are those of the whole run.",
    );
    let servers = Servers::start();
    let stand_in = StandIn::start(&[])?;
    let settings = FleetSettings { slots: 0, window: SHAPE.chapters };
    let model = Arc::new(CannedModel::new(Delay::None, SHAPE.chapters).await?);
    let mut fleet = InProcessFleet::start(&servers, model, settings).await?;
    let book = fleet.submit("Shrinking", SHAPE).await?.book;
    fleet.released(&book).await?;
    let launcher = Launcher::new(&servers, stand_in.url())?;
    let launcher = launcher.set("BINDERY_MODEL__CALLS", CALLS).set("BINDERY_SERVE__GRACE", GRACE);
    let mut workers = (0..PROCESSES).map(|_| launcher.start("worker")).collect::<Result<Vec<Process>>>()?;
    let mut progress = Progress::of(fleet.ports.store.clone(), [book.clone()]);
    let mut look = tokio::time::interval(LOOK);
    while progress.ends().len() < DONE {
        look.tick().await;
        progress.read().await?;
    }
    let mut finished = Finished::default();
    finished.note(&stats(&stand_in)?, &fleet.ports.store.tasks(&book).await?);
    let stopping = stop(workers.split_off(LEFT))?;
    let then = stats(&stand_in)?;
    finished.note(&then, &fleet.ports.store.tasks(&book).await?);
    fleet.next_bound().await?;
    let seen = Seen {
        stopping,
        stats: stats(&stand_in)?,
        tasks: fleet.ports.store.tasks(&book).await?,
        events: fleet.ports.store.events(&book, 0, u32::MAX).await?,
        whole: whole(&fleet, &book).await?,
        finished,
    };
    fleet.stop().await;
    seen.verdicts()
}

/// Stops these processes at once, and returns how long until the last one has ended.
fn stop(processes: Vec<Process>) -> Result<Duration> {
    let begun = Instant::now();
    for process in &processes {
        process.terminate()?;
    }
    for process in processes {
        process.ended()?;
    }
    Ok(begun.elapsed())
}

fn stats(stand_in: &StandIn) -> Result<Stats> {
    Ok(serde_json::from_value(stand_in.stats()?)?)
}

/// Returns whether a book is done and bound from all its chapters.
async fn whole(fleet: &InProcessFleet, book: &BookId) -> Result<bool> {
    let book = fleet.ports.store.book(book).await?.context("the book is there")?;
    let texts = book.binding.map_or(0, |binding| binding.texts.len());
    Ok(book.state == State::Done && texts == SHAPE.chapters as usize)
}

/// Returns how many calls the stand-in has had about each part.
fn calls(stats: &Stats) -> BTreeMap<PartKey, u64> {
    let mut calls = BTreeMap::new();
    for served in &stats.served {
        let part = match served.task.as_str() {
            "brief" => Some(0),
            "section" => served.section.and_then(|section| u16::try_from(section).ok()),
            _ => None,
        };
        if let (Some(chapter), Some(part)) = (served.chapter, part) {
            *calls.entry(PartKey { task: TaskId::Write(chapter), number: part }).or_default() += served.calls;
        }
    }
    calls
}

impl Finished {
    /// Notes which parts are finished. The stand-in must be asked first, so that a call that begins meanwhile counts as
    /// a further one.
    fn note(&mut self, stats: &Stats, tasks: &[Task]) {
        let calls = calls(stats);
        for task in tasks {
            for (number, part) in task.parts.iter().filter(|(_, part)| part.finished()) {
                let key = PartKey { task: task.id, number: *number };
                let calls = calls.get(&key).copied().unwrap_or_default();
                self.0.entry(key).or_insert_with(|| FinishedPart { calls, part: part.clone() });
            }
        }
    }

    /// Returns how many of the parts were repeated.
    fn repeated(&self, stats: &Stats, tasks: &[Task]) -> Repeated {
        let (calls, tasks) = (calls(stats), tasks.iter().map(|task| (task.id, task)).collect::<BTreeMap<_, _>>());
        let called = self.0.iter().filter(|(key, seen)| calls.get(key).is_some_and(|now| *now > seen.calls));
        let record = |key: &PartKey| tasks[&key.task].parts.get(&key.number);
        let changed = self.0.iter().filter(|(key, seen)| record(key) != Some(&seen.part));
        Repeated { called: called.count(), changed: changed.count() }
    }
}

/// What was seen by the time the book was bound.
struct Seen {
    stopping: Duration,
    stats: Stats,
    tasks: Vec<Task>,
    events: Vec<Event>,
    whole: bool,
    finished: Finished,
}

impl Seen {
    fn verdicts(&self) -> Result<Vec<Verdict>> {
        let of =
            |kind| self.events.iter().filter(move |event| event.what.name() == kind).filter_map(|event| event.task);
        let handed_back: BTreeSet<TaskId> = of("parked").collect();
        let at_stake = self.finished.0.keys().filter(|part| handed_back.contains(&part.task)).count();
        let broken_off = self.stats.calls - self.stats.completed;
        ensure!(
            at_stake > 0 && broken_off > 0,
            "no chapter was handed back with a finished part, or no call broken off"
        );
        let Repeated { called, changed } = self.finished.repeated(&self.stats, &self.tasks);
        let parts = || self.tasks.iter().flat_map(|task| task.parts.values());
        let (tries, lapsed) = (parts().map(|part| part.tries).sum::<u32>(), of("lapsed").count());
        let paid: u32 = parts().map(|part| part.calls).sum();
        let mut table = Table::new(&["from 8 processes to 2", "found"]);
        table.row(&[&"until the sixth had ended", &format!("{:.2} s", self.stopping.as_secs_f64())]);
        table.row(&[&"chapters handed back", &handed_back.len()]);
        table.row(&[&"finished parts in them", &at_stake]);
        table.row(&[&"finished parts in all", &self.finished.0.len()]);
        table.row(&[&"finished parts called again, by the stand-in's count", &called]);
        table.row(&[&"finished parts whose record changed", &changed]);
        table.row(&[&"calls broken off", &broken_off]);
        table.row(&[&"calls in all, and those of kept parts", &format!("{}, {paid}", self.stats.calls)]);
        table.row(&[&"tries charged", &tries]);
        table.row(&[&"leases that ran out", &lapsed]);
        table.print();
        let none = |promise, count: usize| Verdict::new(promise, count.to_string(), count == 0);
        Ok(vec![
            none("no finished part is repeated", called.max(changed)),
            none("no try is charged", tries as usize),
            none("no lease runs out", lapsed),
            Verdict::new("the book is whole", if self.whole { "whole" } else { "not whole" }, self.whole),
        ])
    }
}
