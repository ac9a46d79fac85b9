//! A batch of books from a stand-in that fails, each written by the program in a process of its own.

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
    outline::{Outline, OutlineShape},
    stand_in::StandIn,
    write_run::{BookFolder, WriteRun},
};

/// How long a call may be silent. It is so long that a busy machine is not taken for a stalled stream.
pub(crate) const SILENCE: Duration = Duration::from_secs(3);

/// The chapters of a book.
pub(crate) const CHAPTERS: usize = 10;

/// The sections of a chapter that is not one of the shorter ones.
pub(crate) const SECTIONS: usize = 4;

const WORDS: u32 = 600;

/// What became of the books.
#[derive(Default)]
pub(crate) struct Tally {
    /// Books that were bound as ordered.
    pub(crate) whole: usize,
    /// Books that failed as they should, with exit code 1, a reason and no file.
    pub(crate) failed: usize,
    /// What was wrong with each of the others.
    pub(crate) wrong: Vec<String>,
    /// Calls that were made to fail.
    pub(crate) faulty: u64,
    /// All calls.
    pub(crate) calls: u64,
    /// The time from the first book's start to the last one's end.
    pub(crate) wall: Duration,
}

/// What became of one book.
enum Outcome {
    Whole,
    Failed,
    Wrong(String),
}

/// A book of a batch.
pub(crate) trait SampleBook {
    /// Renders its outline as an author types it.
    fn to_markdown(&self) -> String;

    /// Returns what is wrong with the bound book, or nothing where it is as ordered.
    fn fault(&self, markdown: &str) -> Option<String>;
}

impl SampleBook for Outline {
    fn to_markdown(&self) -> String {
        self.to_markdown()
    }

    fn fault(&self, markdown: &str) -> Option<String> {
        inspect::faults(self, markdown)
    }
}

/// Returns the book with this number. It has 45 to 51 parts.
pub(crate) fn book(number: usize) -> Outline {
    book_with_shorter(number, number % 7)
}

/// Returns the book with this number, in which so many chapters have one section less.
pub(crate) fn book_with_shorter(number: usize, shorter: usize) -> Outline {
    let shape = OutlineShape { chapters: CHAPTERS, sections: SECTIONS, words: WORDS };
    Outline::seeded(number as u64, shape).with_shorter(shorter)
}

/// Writes the books with numbers below `books` with calls to this stand-in, so many at once.
pub(crate) fn write<B: SampleBook>(
    stand_in: &StandIn,
    books: usize,
    at_once: usize,
    book: impl Fn(usize) -> B + Sync,
) -> Result<Tally> {
    let begun = Instant::now();
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let writer = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= books {
                return Ok(());
            }
            let outcome = write_one(stand_in, &book(number))?;
            tally.lock().unwrap_or_else(PoisonError::into_inner).count(number, outcome);
        }
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..at_once).map(|_| scope.spawn(writer)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("a writer returns its errors"))
    })?;
    let mut tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    let stats = stand_in.stats()?;
    tally.calls = stats["calls"].as_u64().unwrap_or_default();
    tally.faulty = stats["by_fault"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    tally.wall = begun.elapsed();
    Ok(tally)
}

fn write_one(stand_in: &StandIn, book: &impl SampleBook) -> Result<Outcome> {
    let silence = format!("{}s", SILENCE.as_secs());
    let mut folder = BookFolder::new(&book.to_markdown(), stand_in.url())?;
    for timer in ["FIRST_TOKEN", "FIRST_TOKEN_SLOW", "IDLE"] {
        folder = folder.set(&format!("BINDERY_MODEL__TIMERS__{timer}"), &silence);
    }
    let run = folder.write(&["--format", "md"])?;
    Ok(outcome(book, &run))
}

fn outcome(book: &impl SampleBook, run: &WriteRun) -> Outcome {
    match (run.code, &run.markdown) {
        (0, Some(markdown)) => book.fault(markdown).map_or(Outcome::Whole, Outcome::Wrong),
        (1, None) if has_reason(&run.report) => Outcome::Failed,
        (code, markdown) => {
            let bound = if markdown.is_some() { "a bound file" } else { "no bound file" };
            Outcome::Wrong(format!("exit code {code} with {bound}: {}", run.report))
        }
    }
}

fn has_reason(report: &Value) -> bool {
    let dead = report["report"]["dead"].as_array().is_some_and(|dead| !dead.is_empty());
    dead || report["reason"].as_str().is_some_and(|reason| !reason.is_empty())
}

impl Tally {
    fn count(&mut self, number: usize, outcome: Outcome) {
        match outcome {
            Outcome::Whole => self.whole += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Wrong(what) => self.wrong.push(format!("book {number}: {what}")),
        }
    }
}
