//! The report of a book: its calls, tokens, cost and time. It is made from the recorded parts, so it covers all runs.

mod drafts;
mod models;
mod told;

use std::{collections::BTreeMap, fmt, io::Write as _, time::Duration};

use bindery_check::choice::Choices;
use bindery_domain::{Micros, TaskId, Usage};
use bindery_ledger::{
    Book, Standing, State, Task, TaskResult,
    chain::{self, Link},
    current_texts,
};
use serde::{Serialize, Serializer};

pub(crate) use self::{
    drafts::{Drafted, choices},
    models::ModelShare,
    told::figures,
};
use crate::{
    exit::Failure,
    out_folder::Written,
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
    /// The length of the text in words or characters.
    pub(crate) length: u64,
    /// The mark of the book's score, from 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<u32>,
    /// The number of model calls.
    pub(crate) calls: u64,
    /// The number of failed tries.
    pub(crate) failed_tries: u64,
    /// The number of rewrites of texts that missed their targets.
    pub(crate) rewrites: u64,
    /// The tokens of all calls.
    pub(crate) usage: Usage,
    /// The known cost in micro-dollars.
    pub(crate) cost: Micros,
    /// The part of the cost that went to texts that were not kept, in micro-dollars.
    pub(crate) wasted: Micros,
    /// What cancelled or broken calls may have cost in addition, in micro-dollars.
    pub(crate) unknown_cost: Micros,
    /// The duration of the slowest chain of recorded calls.
    #[serde(serialize_with = "seconds")]
    pub(crate) slowest_chain: Duration,
    /// The calls of that chain, in order.
    pub(crate) chain: Vec<Link>,
    /// The duration of all recorded calls one after another.
    #[serde(serialize_with = "seconds")]
    pub(crate) sequential: Duration,
    /// The cost that was likely by the estimate before the run, in micro-dollars, where the run made all calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) likely: Option<Micros>,
    /// What the last run did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<Ran>,
    /// What each model wrote.
    pub(crate) models: Vec<ModelShare>,
    /// What the plan lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) plan_remarks: Vec<String>,
    /// The chapters with missed targets, each with its remarks.
    pub(crate) remarks: Vec<(u32, Vec<String>)>,
    /// The chapters that were given up, each with the reason.
    pub(crate) dead: Vec<(u32, String)>,
    /// How many chapters were changed as notes of an editor asked.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) revised: u32,
    /// Why a change that an editor asked for was not made, one reason for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unrevised: Vec<String>,
    /// What to do where the same command would fail again for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<String>,
    /// What came of reading the chapters as a whole; `None` where they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audit: Option<Audited>,
    /// The drafts of the sections; `None` where each section has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drafted: Option<Drafted>,
}

/// What came of reading the chapters as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Audited {
    /// How many repairs have changed their chapters.
    pub(crate) repairs: u32,
    /// Why the audit or a repair was given up, one reason for each.
    pub(crate) given_up: Vec<String>,
    /// What was found and not mended, in sentences with their places.
    pub(crate) left: Vec<String>,
    /// How many such findings there are beyond those in `left`.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) left_beyond: u32,
}

impl Audited {
    /// Returns how many findings were not mended.
    fn count_left(&self) -> u64 {
        self.left.len() as u64 + u64::from(self.left_beyond)
    }
}

/// What one run did for a book.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Ran {
    /// The duration of the run.
    #[serde(serialize_with = "seconds")]
    pub(crate) wall: Duration,
    /// The number of its recorded model calls.
    pub(crate) calls: u64,
    /// The duration of the slowest chain of these calls.
    #[serde(serialize_with = "seconds")]
    pub(crate) slowest_chain: Duration,
    /// The calls of that chain, in order.
    pub(crate) chain: Vec<Link>,
    /// The duration of these calls one after another.
    #[serde(serialize_with = "seconds")]
    pub(crate) sequential: Duration,
}

/// Lets serde leave out a count that is zero.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

impl Report {
    /// Makes the report from the recorded parts of a book.
    pub(crate) fn of(book: &Book, tasks: &[Task]) -> Self {
        let mut report = Self {
            cost: cost(book, tasks),
            wasted: book.money.wasted,
            unknown_cost: book.money.unknown,
            calls: calls(tasks),
            chain: chain::slowest(tasks),
            sequential: sequential(tasks),
            models: models::shares(book, tasks),
            ..Self::default()
        };
        report.slowest_chain = chain::length(&report.chain);
        let texts = current_texts(tasks);
        for task in tasks {
            report.add(task, &texts);
        }
        if let Some(audit) = &mut report.audit {
            audit.repairs = mended(tasks);
        }
        // A failed try and the loss of its lease may both have counted the same call.
        report.wasted = report.wasted.min(report.cost);
        if let (State::Done, Some(binding)) = (book.state, &book.binding) {
            report.length = binding.length;
            report.score = binding.score;
            if let Some(audit) = &mut report.audit {
                audit.left.extend(binding.left.iter().cloned());
                audit.left_beyond = binding.left_beyond;
            }
        }
        report
    }

    /// Adds what a run did. `before` holds the tasks as they were when the run began.
    pub(crate) fn with_run(self, tasks: &[Task], before: &[Task], wall: Duration) -> Self {
        let new = since(tasks, before);
        let chain = chain::slowest(&new);
        let slowest_chain = chain::length(&chain);
        let ran = Ran { wall, calls: calls(&new), slowest_chain, chain, sequential: sequential(&new) };
        Self { run: Some(ran), ..self }
    }

    /// Adds the cost that was likely before the run. It says nothing of a book for which calls were made before.
    pub(crate) fn with_likely(self, likely: Option<Micros>) -> Self {
        let made_all = self.run.as_ref().is_some_and(|run| run.calls == self.calls);
        Self { likely: likely.filter(|_| made_all && self.calls > 0), ..self }
    }

    /// Adds what was chosen among drafts.
    pub(crate) fn with_choices(self, choices: &[Choices]) -> Self {
        Self { drafted: Drafted::of(choices), ..self }
    }

    fn add(&mut self, task: &Task, texts: &BTreeMap<u32, &TaskResult>) {
        for part in task.parts.values() {
            self.failed_tries += u64::from(part.tries);
            self.rewrites += u64::from(part.rewrites);
            self.usage += part.usage;
            self.wasted += part.wasted;
        }
        // The first part of a plan or a chapter is its plan or its brief, where plain code may have stood in for the model.
        let first = task.parts.get(&0).filter(|part| part.digest.is_some());
        let first = first.map(|part| part.remarks.clone()).unwrap_or_default();
        let chapter = match task.id {
            TaskId::Write(chapter) => chapter,
            TaskId::Plan => return self.plan_remarks.extend(first),
            TaskId::Repair { .. } if task.revision.is_some() => return self.add_revision(task),
            TaskId::Audit | TaskId::Repair { .. } => return self.add_audit(task),
            TaskId::Bind => return,
        };
        let text = texts.get(&chapter);
        self.length += text.map_or_else(|| u64::from(task.length_so_far()), |text| u64::from(text.length));
        if let (Standing::Dead, Some(reason)) = (task.standing, &task.reason) {
            self.dead.push((chapter, reason.clone()));
        }
        let last = text.copied().or(task.result.as_ref()).map(|text| text.remarks.clone()).unwrap_or_default();
        let remarks = [first, last].concat();
        if !remarks.is_empty() {
            self.remarks.push((chapter, remarks));
        }
    }

    /// Adds a change that an editor asked for.
    fn add_revision(&mut self, task: &Task) {
        match task.standing {
            Standing::Done => self.revised += 1,
            Standing::Dead => self.unrevised.extend(task.reason.clone()),
            Standing::Waiting | Standing::Released => {}
        }
    }

    /// Adds what the audit left unmended, or a repair.
    fn add_audit(&mut self, task: &Task) {
        if task.standing.missing() {
            return;
        }
        let audit = self.audit.get_or_insert_default();
        match (task.standing, &task.result) {
            (Standing::Done, Some(result)) if task.id == TaskId::Audit => audit.left.clone_from(&result.remarks),
            (Standing::Dead, _) => audit.given_up.extend(task.reason.clone()),
            _ => {}
        }
    }
}

/// Returns how many repairs have changed their chapters.
fn mended(tasks: &[Task]) -> u32 {
    let of_chapter = |task: &Task| match task.id {
        TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => Some(chapter),
        _ => None,
    };
    let mended = tasks.iter().filter(|task| {
        let is_repair = matches!(task.id, TaskId::Repair { .. }) && task.revision.is_none();
        let Some(result) = task.result.as_ref().filter(|_| is_repair && task.standing == Standing::Done) else {
            return false;
        };
        let texts = tasks.iter().filter(|other| of_chapter(other) == of_chapter(task));
        let earlier = texts.filter_map(|text| text.result.as_ref()).filter(|text| text.name() < result.name());
        earlier.max_by_key(|text| text.name()).is_none_or(|before| before.digest != result.digest)
    });
    u32::try_from(mended.count()).unwrap_or(u32::MAX)
}

fn calls(tasks: &[Task]) -> u64 {
    tasks.iter().flat_map(|task| task.parts.values()).map(|part| u64::from(part.calls)).sum()
}

fn sequential(tasks: &[Task]) -> Duration {
    tasks.iter().flat_map(|task| task.parts.values()).map(|part| Duration::from_millis(part.elapsed_ms)).sum()
}

/// Returns the tasks without the calls that were recorded before.
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

/// Prints the paths of the files and the report.
pub(crate) fn print(
    json: bool,
    book: &Book,
    report: &Report,
    subject: &Subject,
    written: &Written,
) -> Result<(), Failure> {
    if json {
        let wall = report.run.as_ref().map_or(0.0, |run| run.wall.as_secs_f64());
        return stdout::line(serde_json::json!({
            "kind": "report", "book": book.id, "title": book.title, "state": book.state.to_string(), "holds": book.holds,
            "files": written.files, "kept": written.kept, "wall": wall, "report": report, "reason": book.reason,
        }));
    }
    written.files.iter().try_for_each(|file| stdout::line(file.display()))?;
    // The book is finished even if nobody reads the report.
    let _ = write!(std::io::stderr().lock(), "{}", told::ending(book, report, subject));
    Ok(())
}

#[cfg(test)]
mod tests;
