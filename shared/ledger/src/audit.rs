//! The audit of a book's chapters and the repairs that it orders, between the last wave and the binding.
//!
//! Repairs are tasks in waves of their own, one wave for each round. A repair does not change the record of its chapter: it
//! keeps its text as its own result, and [`current_texts`] names the latest text of each chapter. A book is bound whatever
//! becomes of its audit and repairs, since its chapters are sound without them.

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{Digest, HashedText, TaskId};

use super::{
    Answer, EventKind, Released, Step,
    event::named,
    task::{Part, Standing, Task, TaskResult, is_draft, section_of},
    version::Origin,
};

/// The wave of the first round of repairs, less one. Chapters have lower waves.
const WAVES_BEFORE_REPAIRS: u16 = 1 << 8;

/// The number of the first round of repairs.
pub(super) const FIRST_ROUND: u16 = 1;

/// Returns the wave of a round of repairs.
pub(super) fn wave_of_repairs(round: u16) -> u16 {
    WAVES_BEFORE_REPAIRS + round
}

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
    let done = || tasks.iter().filter(|task| task.standing == Standing::Done);
    // A chapter that is missing again keeps its old text until the new one comes, but it is not the chapter's text.
    let written: BTreeSet<u32> = done().filter_map(|task| task.id.chapter()).collect();
    let mut texts: BTreeMap<u32, &TaskResult> = BTreeMap::new();
    for task in done() {
        let (Some(chapter), Some(result)) = (chapter_of(task.id), &task.result) else { continue };
        let latest = texts.entry(chapter).or_insert(result);
        if (result.edition, result.revision) > (latest.edition, latest.revision) {
            *latest = result;
        }
    }
    texts.retain(|chapter, _| written.contains(chapter));
    texts
}

/// The record of a section of a chapter's latest text.
#[derive(Clone, Copy, Debug)]
pub struct SectionRecord<'t> {
    /// The task that its text was made in.
    pub task: &'t Task,
    /// The number of its part in that task.
    pub number: u16,
    /// Its part.
    pub part: &'t Part,
    /// The digest of its text.
    pub digest: &'t Digest,
}

impl<'t> SectionRecord<'t> {
    /// Returns the record of a part; `None` where it has no text of its own.
    fn of(task: &'t Task, number: u16) -> Option<Self> {
        let part = task.parts.get(&number)?;
        Some(Self { task, number, part, digest: part.digest.as_ref()? })
    }

    /// Returns the record of the draft that its text is; `None` where it had one text, or where the chosen draft was rewritten.
    pub fn chosen_draft(&self) -> Option<Self> {
        let numbers =
            self.task.parts.keys().filter(|number| is_draft(**number) && section_of(**number) == Some(self.number));
        numbers.filter_map(|number| Self::of(self.task, *number)).find(|draft| draft.digest == self.digest)
    }
}

/// Returns the sections of each chapter's latest text, in order. A text that is not made of parts, as an edited one, has none.
pub fn current_sections(tasks: &[Task]) -> BTreeMap<u32, Vec<Digest>> {
    let digests = |sections: Vec<SectionRecord<'_>>| sections.iter().map(|section| section.digest.clone()).collect();
    section_records(tasks).into_iter().map(|(chapter, sections)| (chapter, digests(sections))).collect()
}

/// Returns the records of the sections of each chapter's latest text, in order.
pub fn section_records(tasks: &[Task]) -> BTreeMap<u32, Vec<SectionRecord<'_>>> {
    let mut done: Vec<&Task> = tasks.iter().filter(|task| task.standing == Standing::Done).collect();
    // Repairs come after their chapter and in the order of their rounds.
    done.sort_by_key(|task| task.id);
    let mut chapters: BTreeMap<u32, CurrentSections<'_>> = BTreeMap::new();
    for task in done {
        let Some(result) = &task.result else { continue };
        match task.id {
            TaskId::Write(chapter) if result.sections > 0 => {
                let sections = (1..=result.sections).map(|number| SectionRecord::of(task, number));
                chapters.insert(chapter, CurrentSections { written: result, sections: sections.collect() });
            }
            TaskId::Repair { chapter, .. } => {
                if let Some(chapter) = chapters.get_mut(&chapter) {
                    chapter.mend(task, result);
                }
            }
            _ => {}
        }
    }
    chapters.into_iter().filter_map(|(chapter, current)| Some((chapter, current.sections?))).collect()
}

/// The sections of a chapter, as far as its repairs have been looked at.
struct CurrentSections<'t> {
    written: &'t TaskResult,
    /// `None` where a section has no text of its own.
    sections: Option<Vec<SectionRecord<'t>>>,
}

impl<'t> CurrentSections<'t> {
    fn mend(&mut self, repair: &'t Task, result: &TaskResult) {
        if (result.edition, result.revision) <= (self.written.edition, self.written.revision) {
            return;
        }
        for (number, section) in (1..).zip(self.sections.iter_mut().flatten()) {
            if let Some(mended) = SectionRecord::of(repair, number) {
                *section = mended;
            }
        }
    }
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
        let merged = TaskResult { summary: own.summary.clone(), ..result.clone() };
        // The parts of a text that is not made of sections are no sections of the chapter either.
        let sectioned = merged.sections > 0;
        self.supersede();
        self.result = Some(merged);
        if !sectioned {
            self.parts.values_mut().for_each(|part| part.digest = None);
        }
        for (number, mended) in &repair.parts {
            let part = self.parts.entry(*number).or_default();
            if sectioned && mended.digest.is_some() {
                part.digest.clone_from(&mended.digest);
                part.model.clone_from(&mended.model);
                // The attempts of the repair were counted on their own.
                part.kept_attempt = None;
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
        let left = named(&remarks);
        self.task.result.as_mut().expect("the result was stored in the line above").remarks = remarks;
        let ordered = u32::try_from(repairs.len()).unwrap_or(u32::MAX);
        self.event(EventKind::Audited { findings, repairs: ordered, left });
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
                Task::waiting(id, edition, wave_of_repairs(*round))
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
        stored.origin = if self.task.revision.is_some() { Origin::Revised } else { Origin::Mended };
        self.event(EventKind::ChapterRepaired { length });
    }

    /// Returns whether the time of an audit or a repair is over: the binding may have read the texts.
    pub(super) fn too_late_to_repair(&self) -> bool {
        let polishes = matches!(self.task.id, TaskId::Audit | TaskId::Repair { .. });
        polishes && self.book.state != super::State::Auditing
    }
}
