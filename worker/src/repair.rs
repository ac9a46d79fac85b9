//! Repairing one chapter: the sections that the audit has named are mended at their places, and all else stays.
//!
//! A section that cannot be mended keeps its text. A repair never makes a sound chapter worse.

pub(crate) mod conflicts;
pub(crate) mod section;

use std::collections::BTreeMap;

use bindery_check::audit::{AuditReport, Finding, Repair, Rules, is_mended};
use bindery_domain::{Digest, TaskId};
use bindery_ledger::{Output, Part, Standing, Task, current_sections};
use bindery_runtime::{
    Halt,
    attempt::{Limits, Written, adopt, attempt},
    compute::compute_with,
};
use bindery_text::length::length;
use futures_util::future;

use self::section::RepairWriting;
use crate::{
    brief::Brief,
    write::{BRIEF_PART, Chapter, JoinedChapter},
};

/// How often a mended section is asked for again while a place still stands.
const REWRITES: u32 = 1;

/// How often a text is refused at most, as one that changes what was to stay. The section is sound enough to be bound as it is.
const TRIES: u32 = 3;

/// A chapter that is being repaired.
pub(crate) struct ChapterRepair<'a> {
    chapter: Chapter<'a>,
    brief: Brief,
    /// The texts of the sections as they stand.
    sections: Vec<String>,
    /// What is to be mended, by the positions of the sections.
    findings: BTreeMap<usize, Vec<Finding>>,
    /// What every mended text has to keep.
    rules: Rules,
}

/// What became of a section's findings.
struct MendedSection {
    position: usize,
    /// The new text; `None` where the old one stays.
    text: Option<String>,
    /// What is still wrong, in sentences.
    remarks: Vec<String>,
}

impl<'a> ChapterRepair<'a> {
    /// Reads what a repair needs: what the audit has found, the brief, and the sections as they stand.
    pub(crate) async fn read(chapter: Chapter<'a>) -> Result<Self, Halt> {
        let TaskId::Repair { round, chapter: number } = chapter.work.task() else {
            return Err(Halt::GiveUp("the task is no repair".to_owned()));
        };
        let repair = Repair { round, chapter: number };
        let tasks = chapter.work.tasks().await?;
        let report: AuditReport = read_json(&chapter, result_of(&tasks, TaskId::Audit), "findings").await?;
        let brief = tasks.iter().find(|task| task.id == TaskId::Write(number));
        let brief = brief.and_then(|task| task.parts.get(&BRIEF_PART)?.digest.clone());
        let brief: Brief = read_json(&chapter, brief, "brief").await?;
        let digests = current_sections(&tasks).remove(&number).filter(|digests| digests.len() == brief.sections.len());
        let digests =
            digests.ok_or_else(|| Halt::GiveUp("the chapter's text is not made of its sections".to_owned()))?;
        let sections: Option<Vec<String>> = chapter.work.texts(&digests).await?.into_iter().collect();
        let sections = sections.ok_or_else(|| Halt::GiveUp("the store has lost a section".to_owned()))?;
        let mut findings: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        for finding in report.of(repair) {
            let position = (finding.place.section as usize).saturating_sub(1);
            if position < sections.len() {
                findings.entry(position).or_default().push(finding.clone());
            }
        }
        Ok(Self { chapter, brief, sections, findings, rules: report.rules })
    }

    /// Mends the sections and joins the chapter again. Sections beside each other are mended one after the other, since each
    /// shows the model where its neighbours end and begin.
    pub(crate) async fn mend(mut self) -> Result<Output, Halt> {
        let mut remarks = self.confirm_discrepancies().await?;
        for parity in [0, 1] {
            let positions = self.findings.keys().copied().filter(|position| position % 2 == parity);
            let mended: Vec<_> = positions.map(|position| self.section(position)).collect();
            for section in future::join_all(mended).await {
                let MendedSection { position, text, remarks: left } = section?;
                if let Some(text) = text {
                    self.sections[position] = text;
                }
                remarks.extend(left.into_iter().map(|remark| format!("Section {}: {remark}", position + 1)));
            }
        }
        let bytes = self.sections.iter().map(String::len).sum();
        let JoinedChapter { text, report } =
            compute_with(bytes, || self.chapter.join(&self.brief, &self.sections)).await;
        let length = report.targets.length.got;
        remarks.splice(0..0, report.advice());
        let sections = u16::try_from(self.sections.len()).unwrap_or(u16::MAX);
        Ok(Output::Repair { text: text.into(), length, sections, remarks })
    }

    async fn section(&self, position: usize) -> Result<MendedSection, Halt> {
        let findings = &self.findings[&position];
        let writing =
            RepairWriting::new(self.chapter.prompt(), &self.brief, &self.sections, position, findings, &self.rules);
        let number = u16::try_from(position + 1).unwrap_or(u16::MAX);
        let (work, models, limits) = (self.chapter.work, &self.chapter.models.write, self.chapter.limits);
        let language = &self.chapter.book.context.book.language;
        let limits = Limits { rewrites: limits.rewrites.min(REWRITES), tries: limits.tries.min(TRIES) };
        match attempt(work, models, limits, number, &writing).await {
            Ok(Written { text, part }) => {
                let left: Vec<String> = findings
                    .iter()
                    .filter(|finding| !is_mended(finding, &text, language))
                    .map(|finding| finding.advice.clone())
                    .collect();
                let new = writing.introduces(&text);
                // A text that mends nothing is only another text, and one with new faults is no better.
                if left.len() == findings.len() || !new.is_empty() {
                    let all = findings.iter().map(|finding| finding.advice.clone());
                    self.keep_as_it_is(position, number, part);
                    return Ok(MendedSection { position, text: None, remarks: all.chain(new).collect() });
                }
                Ok(MendedSection { position, text: Some(text), remarks: left })
            }
            Err(Halt::GiveUp(reason)) => {
                let mut remarks: Vec<String> = findings.iter().map(|finding| finding.advice.clone()).collect();
                remarks.push(format!("It was not mended: {reason}"));
                Ok(MendedSection { position, text: None, remarks })
            }
            Err(halt) => Err(halt),
        }
    }
}

impl ChapterRepair<'_> {
    /// Makes the old text of a section that of the part again. A later round reads the parts of this one.
    fn keep_as_it_is(&self, position: usize, number: u16, part: Part) {
        let text = self.sections[position].clone();
        let length = length(&text, &self.chapter.book.context.book.language);
        let part = Part { digest: Some(Digest::of(&text)), draft: false, length, ..part };
        adopt(self.chapter.work, number, &Written { text, part });
    }
}

fn result_of(tasks: &[Task], id: TaskId) -> Option<Digest> {
    let done = tasks.iter().find(|task| task.id == id && task.standing == Standing::Done)?;
    done.result.as_ref().map(|result| result.digest.clone())
}

async fn read_json<T: serde::de::DeserializeOwned>(
    chapter: &Chapter<'_>,
    digest: Option<Digest>,
    what: &str,
) -> Result<T, Halt> {
    let lost = || Halt::GiveUp(format!("the store has lost the {what}"));
    let text = chapter.work.text(&digest.ok_or_else(lost)?).await?.ok_or_else(lost)?;
    serde_json::from_str(&text).map_err(|error| Halt::GiveUp(format!("the stored {what} cannot be read: {error}")))
}
