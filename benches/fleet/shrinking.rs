//! Whether taking worker processes away under load costs anything that was finished, or anybody a try.

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
    canned::{Canned, Delay},
    crew::{Crew, Crewed, Shape},
    process::{Fleet, Process},
    progress::Progress,
    servers::Servers,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const CALLS: &str = "32";

const PROCESSES: usize = 8;

const LEFT: usize = 2;

const SHAPE: Shape = Shape { chapters: 192, sections: 4 };

/// Chapters that are done when processes are asked to stop; those after them are in all stages then.
const DONE: usize = 32;

/// Much less than a call takes.
const GRACE: &str = "1s";

const LOOK: Duration = Duration::from_millis(200);

/// What was seen of parts that were finished: the calls that the server had had for each, and what the ledger said of it.
#[derive(Default)]
struct Finished(BTreeMap<(TaskId, u16), (u64, Part)>);

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    heading(
        "From 8 worker processes to 2 under load",
        "One book of 192 chapters of four sections, written by eight processes of 32 calls each against the stand-in at its usual \
         speed. Once 32 chapters are done, six of them get SIGTERM, with a grace of one second, so that their calls are broken \
         off. Which parts are finished is read from the ledger before the signal and after the sixth process has ended, and the stand-in is asked \
         each time how many calls it has had about each of them. When the book is bound both are read again: a call more, \
         or a record that has changed, is a finished part repeated. Tries and lapsed leases are those of the whole run.",
    );
    let servers = Servers::start();
    let stand_in = StandIn::start(&[])?;
    let crewed = Crewed { slots: 0, window: SHAPE.chapters };
    let mut crew = Crew::muster(&servers, Arc::new(Canned::new(Delay::None).await?), crewed).await?;
    let (book, _) = crew.submit("Shrinking", SHAPE).await?;
    crew.released(&book).await?;
    let fleet = Fleet::new(&servers, stand_in.url())?;
    let fleet = fleet.set("BINDERY_MODEL__CALLS", CALLS).set("BINDERY_SERVE__GRACE", GRACE);
    let mut workers = (0..PROCESSES).map(|_| fleet.serve("worker")).collect::<Result<Vec<Process>>>()?;
    let mut progress = Progress::of(crew.ports.store.clone(), [book.clone()]);
    let mut look = tokio::time::interval(LOOK);
    while progress.ends().len() < DONE {
        look.tick().await;
        progress.read().await?;
    }
    let mut finished = Finished::default();
    finished.note(&stats(&stand_in)?, &crew.ports.store.tasks(&book).await?);
    let stopping = stop(workers.split_off(LEFT))?;
    let then = stats(&stand_in)?;
    finished.note(&then, &crew.ports.store.tasks(&book).await?);
    crew.bound().await?;
    let seen = Seen {
        stopping,
        stats: stats(&stand_in)?,
        tasks: crew.ports.store.tasks(&book).await?,
        events: crew.ports.store.events(&book, 0, u32::MAX).await?,
        whole: whole(&crew, &book).await?,
        finished,
    };
    crew.dismiss().await;
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

/// Returns whether the book is done and bound from all its chapters.
async fn whole(crew: &Crew, book: &BookId) -> Result<bool> {
    let book = crew.ports.store.book(book).await?.context("the book is there")?;
    let texts = book.binding.map_or(0, |binding| binding.texts.len());
    Ok(book.state == State::Done && texts == SHAPE.chapters as usize)
}

/// Returns how many calls the server has had about each part.
fn calls(stats: &Stats) -> BTreeMap<(TaskId, u16), u64> {
    let mut calls = BTreeMap::new();
    for served in &stats.served {
        let part = match served.task.as_str() {
            "brief" => Some(0),
            "section" => served.section.and_then(|section| u16::try_from(section).ok()),
            _ => None,
        };
        if let (Some(chapter), Some(part)) = (served.chapter, part) {
            *calls.entry((TaskId::Write(chapter), part)).or_default() += served.calls;
        }
    }
    calls
}

impl Finished {
    /// Notes which parts are finished. The server was asked first: a call that began since then counts as a further one.
    fn note(&mut self, stats: &Stats, tasks: &[Task]) {
        let calls = calls(stats);
        for task in tasks {
            for (number, part) in task.parts.iter().filter(|(_, part)| part.finished()) {
                let name = (task.id, *number);
                let so_far = calls.get(&name).copied().unwrap_or_default();
                self.0.entry(name).or_insert_with(|| (so_far, part.clone()));
            }
        }
    }

    /// Returns how many of the parts were called again, and how many have another record.
    fn repeated(&self, stats: &Stats, tasks: &[Task]) -> (usize, usize) {
        let (calls, tasks) = (calls(stats), tasks.iter().map(|task| (task.id, task)).collect::<BTreeMap<_, _>>());
        let called = self.0.iter().filter(|(name, (so_far, _))| calls.get(name).is_some_and(|now| now > so_far));
        let changed = self.0.iter().filter(|((task, number), (_, part))| tasks[task].parts.get(number) != Some(part));
        (called.count(), changed.count())
    }
}

/// What there is to be seen once the book is bound.
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
        let at_stake = self.finished.0.keys().filter(|(task, _)| handed_back.contains(task)).count();
        let broken_off = self.stats.calls - self.stats.completed;
        ensure!(
            at_stake > 0 && broken_off > 0,
            "no chapter was handed back with a finished part, or no call broken off"
        );
        let (called, changed) = self.finished.repeated(&self.stats, &self.tasks);
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
