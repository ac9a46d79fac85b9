//! What a book took: told from its recorded parts, so that it is true across interrupted runs.

use std::{fmt, time::Duration};

use bindery_shared::{
    book::{id::TaskId, money::Micros},
    ledger::{Book, Standing, State, Task},
    model::Usage,
};
use serde::Serialize;

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
    /// What broken-off calls may have cost on top, in micro-dollars.
    pub(crate) unknown_cost: Micros,
    /// The longest path through the recorded calls.
    #[serde(serialize_with = "seconds")]
    pub(crate) slowest_chain: Duration,
    /// All recorded calls one after another.
    #[serde(serialize_with = "seconds")]
    pub(crate) sequential: Duration,
    /// Targets that were missed, by chapter.
    pub(crate) remarks: Vec<(u32, Vec<String>)>,
    /// Chapters that were given up, with the reason.
    pub(crate) dead: Vec<(u32, String)>,
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

impl Report {
    /// Adds up a book's recorded parts.
    pub(crate) fn of(book: &Book, tasks: &[Task]) -> Self {
        let mut report = Self { cost: book.money.spent, unknown_cost: book.money.unknown, ..Self::default() };
        for task in tasks {
            report.add(task);
        }
        report.slowest_chain = slowest_chain(tasks);
        if let (State::Done, Some(binding)) = (book.state, &book.binding) {
            report.length = binding.length;
        }
        report
    }

    fn add(&mut self, task: &Task) {
        for part in task.parts.values() {
            self.calls += u64::from(part.calls);
            self.failed_tries += u64::from(part.tries);
            self.rewrites += u64::from(part.rewrites);
            self.usage += part.usage;
            self.sequential += Duration::from_millis(part.elapsed_ms);
        }
        let Some(chapter) = task.id.chapter() else { return };
        self.length += u64::from(task.result.as_ref().map_or(0, |result| result.length));
        if let (Standing::Dead, Some(reason)) = (task.standing, &task.reason) {
            self.dead.push((chapter, reason.clone()));
        }
        let remarks = task.result.as_ref().map(|result| result.remarks.clone()).unwrap_or_default();
        if !remarks.is_empty() {
            self.remarks.push((chapter, remarks));
        }
    }
}

/// The plan, then wave by wave the slowest chapter: its brief, its slowest section with retries and rewrites, its summary.
fn slowest_chain(tasks: &[Task]) -> Duration {
    let mut plan = Duration::ZERO;
    let mut waves: std::collections::BTreeMap<u16, Duration> = std::collections::BTreeMap::new();
    for task in tasks {
        match task.id {
            TaskId::Plan => plan = task.parts.values().map(|part| Duration::from_millis(part.elapsed_ms)).sum(),
            TaskId::Write(_) => {
                let slowest = waves.entry(task.wave).or_default();
                *slowest = (*slowest).max(chain(task));
            }
            TaskId::Bind => {}
        }
    }
    plan + waves.values().sum()
}

fn chain(task: &Task) -> Duration {
    let millis = |number: &u16| task.parts.get(number).map_or(0, |part| part.elapsed_ms);
    let last = task.parts.keys().max().copied().unwrap_or(0);
    let summary = task.result.as_ref().is_some_and(|result| result.summary.is_some());
    let sections = 1..=if summary { last.saturating_sub(1) } else { last };
    let slowest = sections.map(|number| millis(&number)).max().unwrap_or(0);
    Duration::from_millis(millis(&0) + slowest + if summary { millis(&last) } else { 0 })
}

/// Prints where the files are and what the book took.
#[expect(clippy::print_stdout, reason = "the report is the result of a run")]
pub(crate) fn print(json: bool, book: &Book, report: &Report, files: &[std::path::PathBuf], wall: Duration) {
    if json {
        let value = serde_json::json!({
            "kind": "report", "book": book.id, "title": book.title, "state": book.state.to_string(), "holds": book.holds,
            "files": files, "wall": wall.as_secs_f64(), "report": report, "reason": book.reason,
        });
        return println!("{value}");
    }
    for file in files {
        println!("{}", file.display());
    }
    eprint!("{}", Told { book, report, wall });
}

/// A report as a person reads it.
struct Told<'a> {
    book: &'a Book,
    report: &'a Report,
    wall: Duration,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { book, report, wall } = self;
        for (chapter, reason) in &report.dead {
            writeln!(f, "Chapter {chapter} failed: {reason}")?;
        }
        for (chapter, remarks) in &report.remarks {
            writeln!(f, "Chapter {chapter} misses a target: {}", remarks.join(" "))?;
        }
        let holds: Vec<String> = book.holds.iter().map(ToString::to_string).collect();
        match book.state {
            _ if book.held() => writeln!(f, "The book {} is held ({}).", book.id, holds.join(", "))?,
            State::Done => {}
            state => writeln!(
                f,
                "The book {} is {state}. Run the same command again: only what is missing is written.",
                book.id
            )?,
        }
        let Usage { input, cached, output, .. } = report.usage;
        let retried = match (report.failed_tries, report.rewrites) {
            (0, 0) => String::new(),
            (tries, rewrites) => format!(" ({tries} failed tries, {rewrites} rewrites)"),
        };
        writeln!(f, "{} words or characters, {} calls{retried}", report.length, report.calls)?;
        write!(f, "{input} prompt tokens ({cached} cached), {output} output tokens, {}", report.cost)?;
        if report.unknown_cost > Micros::ZERO {
            write!(f, " and up to {} for calls that were broken off", report.unknown_cost)?;
        }
        writeln!(
            f,
            "\n{} for this run; slowest chain of calls {}, one call after another {}",
            Spoken(*wall),
            Spoken(report.slowest_chain),
            Spoken(report.sequential)
        )
    }
}

/// Writes a duration as people say it: `8.4 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) struct Spoken(pub(crate) Duration);

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0..60 => write!(f, "{:.1} s", self.0.as_secs_f64()),
            60..3_600 => write!(f, "{} min {} s", seconds / 60, seconds % 60),
            _ => write!(f, "{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let said = |seconds: f64| Spoken(Duration::from_secs_f64(seconds)).to_string();
        assert_eq!(said(8.44), "8.4 s");
        assert_eq!(said(200.0), "3 min 20 s");
        assert_eq!(said(7_500.0), "2 h 5 min");
    }
}
