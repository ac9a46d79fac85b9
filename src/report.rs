//! What a book took: told from its recorded parts, so that it is true across interrupted runs.

mod told;

use std::{fmt, io::Write as _, path::PathBuf, time::Duration};

use bindery_domain::{Micros, Usage};
use bindery_ledger::{
    Book, Standing, State, Task,
    chain::{self, Link},
};
use serde::{Serialize, Serializer};

pub(crate) use self::told::figures;
use crate::{
    exit::Failure,
    stdout,
    view::{Subject, cost},
};

/// A line of a report for people.
pub(crate) struct Row {
    /// What the line is about.
    pub(crate) name: &'static str,
    /// What it says of that.
    pub(crate) text: String,
}

impl Row {
    /// Makes a row.
    pub(crate) fn new(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, text: text.into() }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<14} {}", self.name, self.text)
    }
}

/// The figures of a book.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Words, or characters.
    pub(crate) length: u64,
    /// Model calls.
    pub(crate) calls: u64,
    /// Failed tries, all of them repeated.
    pub(crate) failed_tries: u64,
    /// Rewrites of texts that missed their targets.
    pub(crate) rewrites: u64,
    /// Tokens.
    pub(crate) usage: Usage,
    /// Known cost, in micro-dollars.
    pub(crate) cost: Micros,
    /// What of that bought texts that were not kept, in micro-dollars.
    pub(crate) wasted: Micros,
    /// What broken-off calls may have cost on top, in micro-dollars.
    pub(crate) unknown_cost: Micros,
    /// The longest path through the recorded calls.
    #[serde(serialize_with = "seconds")]
    pub(crate) slowest_chain: Duration,
    /// The calls on that path, in order.
    pub(crate) chain: Vec<Link>,
    /// All recorded calls one after another.
    #[serde(serialize_with = "seconds")]
    pub(crate) sequential: Duration,
    /// What of all this the last run did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<Ran>,
    /// Targets that were missed, by chapter.
    pub(crate) remarks: Vec<(u32, Vec<String>)>,
    /// Chapters that were given up, with the reason.
    pub(crate) dead: Vec<(u32, String)>,
}

/// What one run did for a book.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Ran {
    /// From its begin to its end.
    #[serde(serialize_with = "seconds")]
    pub(crate) wall: Duration,
    /// Model calls it made, as far as they are recorded.
    pub(crate) calls: u64,
    /// The longest path through them.
    #[serde(serialize_with = "seconds")]
    pub(crate) slowest_chain: Duration,
    /// The calls on that path, in order.
    pub(crate) chain: Vec<Link>,
    /// All of them one after another.
    #[serde(serialize_with = "seconds")]
    pub(crate) sequential: Duration,
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

impl Report {
    /// Adds up a book's recorded parts.
    pub(crate) fn of(book: &Book, tasks: &[Task]) -> Self {
        let mut report = Self {
            cost: cost(book, tasks),
            wasted: book.money.wasted,
            unknown_cost: book.money.unknown,
            calls: calls(tasks),
            chain: chain::slowest(tasks),
            sequential: sequential(tasks),
            ..Self::default()
        };
        report.slowest_chain = chain::length(&report.chain);
        for task in tasks {
            report.add(task);
        }
        // A task that was given up to a later writer and a failed try of it may both have counted the same call.
        report.wasted = report.wasted.min(report.cost);
        if let (State::Done, Some(binding)) = (book.state, &book.binding) {
            report.length = binding.length;
        }
        report
    }

    /// Adds what the run did that found the tasks as they were before.
    pub(crate) fn with_run(self, tasks: &[Task], before: &[Task], wall: Duration) -> Self {
        let new = since(tasks, before);
        let chain = chain::slowest(&new);
        let slowest_chain = chain::length(&chain);
        let ran = Ran { wall, calls: calls(&new), slowest_chain, chain, sequential: sequential(&new) };
        Self { run: Some(ran), ..self }
    }

    fn add(&mut self, task: &Task) {
        for part in task.parts.values() {
            self.failed_tries += u64::from(part.tries);
            self.rewrites += u64::from(part.rewrites);
            self.usage += part.usage;
            self.wasted += part.wasted;
        }
        let Some(chapter) = task.id.chapter() else { return };
        self.length += match (&task.result, task.standing) {
            (Some(result), Standing::Done) => u64::from(result.length),
            _ => u64::from(task.length_so_far()),
        };
        if let (Standing::Dead, Some(reason)) = (task.standing, &task.reason) {
            self.dead.push((chapter, reason.clone()));
        }
        let remarks = task.result.as_ref().map(|result| result.remarks.clone()).unwrap_or_default();
        if !remarks.is_empty() {
            self.remarks.push((chapter, remarks));
        }
    }
}

fn calls(tasks: &[Task]) -> u64 {
    tasks.iter().flat_map(|task| task.parts.values()).map(|part| u64::from(part.calls)).sum()
}

fn sequential(tasks: &[Task]) -> Duration {
    tasks.iter().flat_map(|task| task.parts.values()).map(|part| Duration::from_millis(part.elapsed_ms)).sum()
}

/// Takes from the parts what was recorded of them before.
fn since(tasks: &[Task], before: &[Task]) -> Vec<Task> {
    let mut tasks = tasks.to_vec();
    for task in &mut tasks {
        let Some(old) = before.iter().find(|old| old.id == task.id) else { continue };
        for (number, part) in &mut task.parts {
            let Some(old) = old.parts.get(number) else { continue };
            part.calls = part.calls.saturating_sub(old.calls);
            part.elapsed_ms = part.elapsed_ms.saturating_sub(old.elapsed_ms);
        }
    }
    tasks
}

/// Prints where the files are and what the book took.
pub(crate) fn print(
    json: bool,
    book: &Book,
    report: &Report,
    subject: &Subject,
    files: &[PathBuf],
) -> Result<(), Failure> {
    if json {
        let wall = report.run.as_ref().map_or(0.0, |run| run.wall.as_secs_f64());
        return stdout::line(serde_json::json!({
            "kind": "report", "book": book.id, "title": book.title, "state": book.state.to_string(), "holds": book.holds,
            "files": files, "wall": wall, "report": report, "reason": book.reason,
        }));
    }
    files.iter().try_for_each(|file| stdout::line(file.display()))?;
    // A reader that has gone away takes nothing from the book.
    let _ = write!(std::io::stderr().lock(), "{}", told::ending(book, report, subject));
    Ok(())
}

#[cfg(test)]
mod tests;
