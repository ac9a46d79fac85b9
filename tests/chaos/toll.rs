//! The results of a storm.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use serde_json::Value;

use super::{
    FAULTS,
    harm::Harm,
    heard::{Heard, may_be_completed_so},
    storm::Storm,
};
use crate::support::{Book, Ended, Fleet, Ordered};

/// The number of calls from which at most 2 % may be wasted. With fewer calls the share says little. A killed worker loses
/// its running calls, and for ten small books, with 130 calls, two or three bad moments are 5 %.
pub(super) const ENOUGH_CALLS: u64 = 1_000;

/// What became of the books.
#[derive(Debug, Default)]
pub(super) struct Toll {
    pub(super) done: usize,
    /// The books with another `done` event than one for the first edition.
    pub(super) doubled: usize,
    /// The books whose chapters are bound in the wrong order.
    pub(super) out_of_order: usize,
    /// The books that lack something or have something twice.
    pub(super) not_whole: usize,
    /// The reasons of the books that have failed.
    failures: Vec<String>,
    pub(super) kills: usize,
    harms: BTreeMap<Harm, usize>,
    /// The calls that the model answered.
    pub(super) calls: u64,
    /// The calls that the ledger recorded. The others were paid for and lost.
    recorded: u64,
    heals: BTreeMap<String, usize>,
    /// The events that a listener heard, each once.
    events: usize,
    /// The events of the ledger that no listener heard.
    pub(super) unheard: usize,
    /// The ids of events that a listener heard with different events.
    pub(super) mixed: usize,
    /// How often a listener heard an event again.
    repeated: usize,
    /// The books of which a listener heard twice that they are completed.
    completed_twice: usize,
    /// Those of them for which no loss of the store is the reason.
    pub(super) completed_for_nothing: usize,
    /// The books whose events `bindery watch` does not show from the first to the last.
    pub(super) unwatched: usize,
}

impl Toll {
    pub(super) fn killed(&mut self, process: &Ended) {
        self.kills += 1;
        self.count(process);
    }

    pub(super) fn suffered(&mut self, harm: Harm) {
        *self.harms.entry(harm).or_default() += 1;
    }

    /// Waits for a book and counts what is wrong with it. A failed check does not end the storm.
    pub(super) fn read(&mut self, fleet: &Fleet, book: &Ordered, heard: &mut Heard) {
        let watched = tried(|| fleet.run(&["--json", "watch", &book.id]).exits(0).values());
        self.calls = fleet.model.stats().calls;
        let Some(events) = watched else {
            let failed = tried(|| fleet.ledger(&book.id));
            let reason = failed.map_or("lost".to_owned(), |ledger| ledger.book("reason").to_string());
            self.failures.push(format!("{}: {reason}", book.id));
            return;
        };
        self.done += 1;
        let done: Vec<&Value> = events.iter().filter(|event| event["kind"] == "done").collect();
        self.doubled += usize::from(done.len() != 1 || done[0]["edition"] != 1);
        self.unwatched += usize::from(!is_complete(&events));
        self.recorded += fleet.ledger(&book.id).calls().values().sum::<u64>();
        let (bound, asked) = (tried(|| fleet.bound(book)), book.outline.expected());
        let titles = |bound: &Book| bound.chapters.iter().map(|chapter| chapter.title.clone()).collect::<Vec<_>>();
        let in_order = |bound: &Book| titles(bound).iter().eq(asked.iter().map(|chapter| &chapter.title));
        self.out_of_order += usize::from(bound.as_ref().is_some_and(|bound| !in_order(bound)));
        self.not_whole += usize::from(bound.and_then(|bound| tried(|| bound.is_whole(&asked))).is_none());
        // The events of a book are published a moment after it is done.
        let complete = tried(|| {
            fleet.wait_until("a listener has heard all events", || {
                heard.misses(&book.id, &events) == 0 || {
                    heard.listen(fleet);
                    heard.misses(&book.id, &events) == 0
                }
            });
        });
        self.unheard += if complete.is_some() { 0 } else { heard.misses(&book.id, &events) };
        let completions = heard.completions(&book.id);
        let losses = self.harms.get(&Harm::LoseLastSecond).copied().unwrap_or_default();
        self.completed_twice += usize::from(completions.len() > 1);
        self.completed_for_nothing += usize::from(!may_be_completed_so(&completions, losses));
    }

    pub(super) fn heard(&mut self, heard: &Heard) {
        (self.events, self.mixed, self.repeated) = (heard.len(), heard.mixed.len(), heard.repeated);
    }

    pub(super) fn count(&mut self, process: &Ended) {
        for reason in process.healed() {
            *self.heals.entry(reason).or_default() += 1;
        }
    }

    pub(super) fn wasted(&self) -> u64 {
        self.calls.saturating_sub(self.recorded)
    }

    pub(super) fn report(&self, storm: &Storm, took: Duration, ended: bool) -> String {
        let mut text = String::from("# A storm over a fleet\n\n| | |\n|---|---|\n");
        let mut row = |what: &str, figure: String| {
            let _ = writeln!(text, "| {what} | {figure} |");
        };
        let count = |role| storm.roles.iter().filter(|other| **other == role).count();
        let processes = format!("{}, {}, {}", count("dispatcher"), count("worker"), count("assembler"));
        row("seed", storm.seed.to_string());
        row("dispatchers, workers, assemblers", processes);
        row("books accepted", format!("{} of {} chapters", storm.books, storm.chapters));
        row("done", self.done.to_string());
        let lost = storm.books - self.done;
        let flaws = format!("{lost}, {}, {}, {}", self.doubled, self.out_of_order, self.not_whole);
        row("lost, doubled, out of order, not whole", flaws);
        row("failed", if self.failures.is_empty() { "0".to_owned() } else { self.failures.join("; ") });
        row("processes killed", self.kills.to_string());
        row("further harm", counted(&self.harms));
        row("model faults", format!("`{FAULTS}`"));
        row("calls made", self.calls.to_string());
        let share = 100.0 * self.wasted() as f64 / self.calls.max(1) as f64;
        row("calls wasted: served, and their text lost with a process", format!("{} ({share:.1} %)", self.wasted()));
        row("heals", counted(&self.heals));
        let listener = format!("{}, {}, {}, {}", self.events, self.repeated, self.unheard, self.mixed);
        row("events that a listener heard, heard again, missed, heard under one id with another", listener);
        let twice = format!("{}, {}", self.completed_twice, self.completed_for_nothing);
        row("books that a listener heard to be completed twice, and those without a loss of the store", twice);
        row("books that `bindery watch` does not show from the first event on", self.unwatched.to_string());
        row("time", format!("{} s", took.as_secs()));
        if !ended {
            row("ended", "**early: something failed before all of this was counted**".to_owned());
        }
        text
    }
}

/// Returns whether these are all events of a book: numbered without a gap, from its acceptance on.
fn is_complete(events: &[Value]) -> bool {
    let numbers = events.iter().map(|event| event["seq"].as_u64().unwrap());
    numbers.eq(1..=events.len() as u64) && events.first().is_some_and(|first| first["kind"] == "accepted")
}

fn counted(counts: &BTreeMap<impl ToString, usize>) -> String {
    let each = counts.iter().map(|(what, count)| format!("{} {count}", what.to_string()));
    each.collect::<Vec<_>>().join(", ")
}

/// Returns the result of a function; `None` where it panics.
fn tried<T>(what: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(what)).ok()
}
