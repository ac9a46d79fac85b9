//! Many books at once from a stand-in that fails, each by the real program in a process of its own.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use crate::{
    inspect,
    outline::Outline,
    program::{Desk, Run},
    stand_in::StandIn,
};

/// How long a call may be silent. Long enough that a busy machine is not taken for a stalled stream.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Chapters of a book.
pub(crate) const CHAPTERS: usize = 10;

/// Sections of a chapter that is not one of the shorter ones.
pub(crate) const SECTIONS: usize = 4;

const WORDS: u32 = 600;

/// What became of the books.
#[derive(Default)]
pub(crate) struct Tally {
    /// Books that were bound and are what was ordered.
    pub(crate) whole: usize,
    /// Books that failed as they should: with exit code 1, a reason, and no file.
    pub(crate) failed: usize,
    /// What is wrong with the others.
    pub(crate) wrong: Vec<String>,
    /// Calls that a fault befell.
    pub(crate) befallen: u64,
    /// Calls in all.
    pub(crate) calls: u64,
    /// From the first book's beginning to the last one's end.
    pub(crate) wall: Duration,
}

/// What became of one book.
enum Fate {
    Whole,
    Failed,
    Wrong(String),
}

/// Returns the book with this number: 45 to 51 parts.
pub(crate) fn book(number: usize) -> Outline {
    book_with_shorter(number, number % 7)
}

/// Returns the book with this number, of whose chapters so many have a section less.
pub(crate) fn book_with_shorter(number: usize, shorter: usize) -> Outline {
    Outline::seeded(number as u64, CHAPTERS, (SECTIONS, WORDS)).with_shorter(shorter)
}

/// Writes so many books, some at once, with calls to this stand-in.
pub(crate) fn write(stand_in: &StandIn, books: usize, at_once: usize) -> Result<Tally> {
    let begun = Instant::now();
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let writer = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= books {
                return Ok(());
            }
            let fate = one(stand_in, number)?;
            tally.lock().unwrap_or_else(PoisonError::into_inner).count(number, fate);
        }
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..at_once).map(|_| scope.spawn(writer)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("a writer returns its errors"))
    })?;
    let mut tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    let stats = stand_in.stats()?;
    tally.calls = stats["calls"].as_u64().unwrap_or_default();
    tally.befallen = stats["by_fault"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    tally.wall = begun.elapsed();
    Ok(tally)
}

fn one(stand_in: &StandIn, number: usize) -> Result<Fate> {
    let outline = book(number);
    let patience = format!("{}s", PATIENCE.as_secs());
    let mut desk = Desk::new(&outline.to_markdown(), stand_in.url())?;
    for timer in ["FIRST_TOKEN", "FIRST_TOKEN_SLOW", "IDLE"] {
        desk = desk.set(&format!("BINDERY_MODEL__TIMERS__{timer}"), &patience);
    }
    let run = desk.write(&["--format", "md"])?;
    Ok(fate(&outline, &run))
}

fn fate(outline: &Outline, run: &Run) -> Fate {
    match (run.code, &run.markdown) {
        (0, Some(markdown)) => inspect::faults(outline, markdown).map_or(Fate::Whole, Fate::Wrong),
        (1, None) if has_reason(&run.report) => Fate::Failed,
        (code, markdown) => {
            let bound = if markdown.is_some() { "a bound file" } else { "no bound file" };
            Fate::Wrong(format!("exit code {code} with {bound}: {}", run.report))
        }
    }
}

fn has_reason(report: &Value) -> bool {
    let dead = report["report"]["dead"].as_array().is_some_and(|dead| !dead.is_empty());
    dead || report["reason"].as_str().is_some_and(|reason| !reason.is_empty())
}

impl Tally {
    fn count(&mut self, number: usize, fate: Fate) {
        match fate {
            Fate::Whole => self.whole += 1,
            Fate::Failed => self.failed += 1,
            Fate::Wrong(what) => self.wrong.push(format!("book {number}: {what}")),
        }
    }
}
