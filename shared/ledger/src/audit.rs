//! The audit of a book's chapters and the repairs that it orders, between the last wave and the binding.
//!
//! Repairs are tasks in waves of their own, one wave for each round. A repair does not change the record of its chapter: it
//! keeps its text as its own result, and [`current_texts`] names the latest text of each chapter. A book is bound whatever
//! becomes of its audit and repairs, since its chapters are sound without them.

use std::collections::BTreeMap;

use bindery_domain::{Digest, HashedText, TaskId};

use super::{
    Answer, EventKind, Released, Step,
    task::{Standing, Task, TaskResult},
};

/// The wave of the first round of repairs, less one. Chapters have lower waves.
const WAVES_BEFORE_REPAIRS: u16 = 1 << 8;

/// What an audit has found and what it orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The findings as JSON. A repair reads its places here.
    pub report: HashedText,
    /// How many findings there are.
    pub findings: u32,
    /// The repairs that it orders; empty where nothing is to be mended.
    pub repairs: Vec<RepairOrder>,
    /// What will stay unmended, in sentences for the book's report.
    pub remarks: Vec<String>,
}

/// A repair that an audit orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepairOrder {
    /// The round, from 1.
    pub round: u16,
    /// The chapter, from 1.
    pub chapter: u32,
}

/// Returns the latest text of each chapter that has one: the chapter's own, or that of its last repair.
pub fn current_texts(tasks: &[Task]) -> BTreeMap<u32, &TaskResult> {
    let mut texts: BTreeMap<u32, &TaskResult> = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.standing == Standing::Done) {
        let (Some(chapter), Some(result)) = (chapter_of(task.id), &task.result) else { continue };
        let latest = texts.entry(chapter).or_insert(result);
        if (result.edition, result.revision) > (latest.edition, latest.revision) {
            *latest = result;
        }
    }
    // A chapter that is missing again keeps its old text until the new one comes, but it is not the chapter's text.
    let done =
        |chapter: &u32| tasks.iter().any(|task| task.id == TaskId::Write(*chapter) && task.standing == Standing::Done);
    texts.retain(|chapter, _| done(chapter));
    texts
}

/// Returns the sections of a chapter's latest text, in order; `None` where its text is not made of parts, as an edited one.
pub fn current_sections(tasks: &[Task], chapter: u32) -> Option<Vec<Digest>> {
    let own = tasks.iter().find(|task| task.id == TaskId::Write(chapter) && task.standing == Standing::Done)?;
    let result = own.result.as_ref().filter(|result| result.sections > 0)?;
    let of_chapter = |task: &&Task| matches!(task.id, TaskId::Repair { chapter: of, .. } if of == chapter);
    let newer = |task: &&Task| {
        let repaired = task.result.as_ref().filter(|_| task.standing == Standing::Done);
        repaired.is_some_and(|repaired| (repaired.edition, repaired.revision) > (result.edition, result.revision))
    };
    let mut repairs: Vec<&Task> = tasks.iter().filter(of_chapter).filter(newer).collect();
    repairs.sort_by_key(|task| std::cmp::Reverse(task.id));
    let section = |number: u16| {
        let mended = repairs.iter().find_map(|repair| repair.parts.get(&number)?.digest.as_ref());
        mended.or_else(|| own.parts.get(&number)?.digest.as_ref()).cloned()
    };
    (1..=result.sections).map(section).collect()
}

/// Returns the chapter whose text a task makes.
fn chapter_of(task: TaskId) -> Option<u32> {
    match task {
        TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => Some(chapter),
        TaskId::Plan | TaskId::Audit | TaskId::Bind => None,
    }
}

/// Gives the finished repairs of a book to their chapters, and takes all repairs out of the book. Returns their names.
///
/// A reopened book has one record for each chapter, as a new one has.
pub(super) fn merge_repairs(tasks: &mut Vec<Task>) -> Vec<TaskId> {
    let (mut repairs, chapters): (Vec<Task>, Vec<Task>) =
        std::mem::take(tasks).into_iter().partition(|task| matches!(task.id, TaskId::Repair { .. }));
    *tasks = chapters;
    repairs.sort_by_key(|repair| repair.id);
    for repair in repairs.iter().filter(|repair| repair.standing == Standing::Done) {
        let chapter = chapter_of(repair.id).map(TaskId::Write);
        if let Some(chapter) = tasks.iter_mut().find(|task| Some(task.id) == chapter) {
            chapter.take_repair(repair);
        }
    }
    repairs.into_iter().map(|repair| repair.id).collect()
}

impl Task {
    /// Makes the text of a repair the chapter's own.
    fn take_repair(&mut self, repair: &Self) {
        let (Some(result), Some(own)) = (&repair.result, &self.result) else { return };
        if (result.edition, result.revision) <= (own.edition, own.revision) {
            return;
        }
        self.result = Some(TaskResult { summary: own.summary.clone(), ..result.clone() });
        for (number, mended) in &repair.parts {
            let part = self.parts.entry(*number).or_default();
            if mended.digest.is_some() {
                part.digest.clone_from(&mended.digest);
                part.length = mended.length;
                part.remarks.clone_from(&mended.remarks);
            }
            part.calls += mended.calls;
            part.usage += mended.usage;
            part.spent += mended.spent;
            part.wasted += mended.wasted;
        }
    }
}

impl Step<'_> {
    /// Stores what the audit has found, and releases the first repairs, or the binding if there are none.
    pub(super) fn audited(&mut self, fence: u64, audit: Audit) -> Answer {
        let Audit { report, findings, repairs, remarks } = audit;
        self.store_result(fence, report, 0);
        self.task.result.as_mut().expect("the result was stored in the line above").remarks = remarks;
        let ordered = u32::try_from(repairs.len()).unwrap_or(u32::MAX);
        self.event(EventKind::Audited { findings, repairs: ordered });
        Answer::Committed { released: self.order(repairs) }
    }

    fn order(&mut self, mut repairs: Vec<RepairOrder>) -> Vec<Released> {
        let Some(mut others) = self.take_others() else { return Vec::new() };
        let edition = self.task.edition;
        repairs.sort_unstable();
        repairs.dedup();
        let tasks: Vec<Task> = repairs
            .iter()
            .map(|RepairOrder { round, chapter }| {
                let id = TaskId::Repair { round: *round, chapter: *chapter };
                Task::waiting(id, edition, WAVES_BEFORE_REPAIRS + round)
            })
            .collect();
        others.waiting.extend(tasks.iter().cloned());
        let released = self.advance_among(others);
        let waits = |task: &Task| self.writes.tasks.iter().all(|written| written.id != task.id);
        let waiting: Vec<Task> = tasks.into_iter().filter(waits).collect();
        self.writes.tasks.extend(waiting);
        released
    }

    /// Stores the text of a repair as the next revision of its chapter.
    pub(super) fn repaired(&mut self, fence: u64, text: HashedText, length: u32, sections: u16) {
        self.store_result(fence, text, length);
        let stored = self.task.result.as_mut().expect("the result was stored in the line above");
        if let TaskId::Repair { round, .. } = self.task.id {
            stored.revision = round;
        }
        stored.sections = sections;
        self.event(EventKind::ChapterRepaired { length });
    }

    /// Returns whether the time of an audit or a repair is over: the binding may have read the texts.
    pub(super) fn too_late_to_repair(&self) -> bool {
        let polishes = matches!(self.task.id, TaskId::Audit | TaskId::Repair { .. });
        polishes && self.book.state != super::State::Auditing
    }
}
