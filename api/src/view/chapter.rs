//! A chapter as the API shows it.

use bindery_domain::timestamp;
use bindery_ledger::{Part, Standing, Task, TaskResult};
use bindery_outline::Chapter;
use schemars::JsonSchema;
use serde::Serialize;

/// A chapter without its text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Chapter")]
pub(crate) struct ChapterView {
    /// Its number, from 1.
    pub(crate) number: u32,
    /// Its title.
    pub(crate) title: String,
    /// Where it stands.
    pub(crate) state: ChapterState,
    /// Why it was given up, or why it is put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// When it goes on, if it is put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<String>,
    /// The length written so far, in words, or in characters for Japanese and Chinese.
    pub(crate) length: u32,
    /// How many of its sections are written.
    pub(crate) sections_done: u16,
    /// The number of failed tries of its parts.
    pub(crate) failed_tries: u32,
    /// The number of rewrites of texts that missed their targets.
    pub(crate) rewrites: u32,
    /// The number of its model calls.
    pub(crate) calls: u32,
    /// What it has cost, in US dollars.
    pub(crate) cost_usd: f64,
    /// The edition its text was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edition: Option<u32>,
    /// How often its text was mended in that edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<u16>,
    /// The targets that its text misses, a sentence each.
    pub(crate) remarks: Vec<String>,
}

/// Where a chapter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChapterState {
    /// Its turn has not come.
    Waiting,
    /// It waits for a worker.
    Queued,
    /// A worker writes it.
    Writing,
    /// It is put aside for a time.
    Parked,
    /// It is written.
    Done,
    /// It is given up.
    Failed,
}

/// A chapter with its text so far.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ChapterWithText {
    #[serde(flatten)]
    pub(crate) chapter: ChapterView,
    /// Whether the text is whole.
    pub(crate) finished: bool,
    /// The text so far, as Markdown.
    pub(crate) text: String,
    /// Its sections, in order, once they are planned.
    pub(crate) sections: Vec<SectionView>,
}

/// A section of a chapter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Section")]
pub(crate) struct SectionView {
    /// Its number within the chapter, from 1.
    pub(crate) number: u16,
    /// Its heading; empty where it has none.
    pub(crate) heading: String,
    /// Whether it is written.
    pub(crate) written: bool,
    /// Its length, in words, or in characters for Japanese and Chinese.
    pub(crate) length: u32,
    /// The number of its failed tries.
    pub(crate) failed_tries: u32,
    /// The number of its rewrites.
    pub(crate) rewrites: u32,
    /// The model that wrote it, or that was tried last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// What it has cost, in US dollars.
    pub(crate) cost_usd: f64,
    /// The targets that its text misses, a sentence each; the last failure while there is no text.
    pub(crate) remarks: Vec<String>,
}

impl ChapterView {
    pub(crate) fn is_done(&self) -> bool {
        self.state == ChapterState::Done
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.state == ChapterState::Failed
    }
}

/// Describes a chapter. `text` is its current text, once it is written.
pub(crate) fn chapter_view(
    number: u32,
    task: &Task,
    text: Option<&TaskResult>,
    outlined: Option<&Chapter>,
) -> ChapterView {
    let state = state(task);
    let sum = |count: fn(&Part) -> u32| task.parts.values().map(count).sum();
    let remarks = text.or(task.result.as_ref()).map(|text| text.remarks.clone());
    let (length, sections_done) = match text {
        Some(text) => (text.length, text.sections),
        None => (task.length_so_far(), sections_done(task)),
    };
    ChapterView {
        number,
        title: outlined.map(|chapter| chapter.title.clone()).unwrap_or_default(),
        state,
        reason: task.reason.clone().or_else(|| task.parked.clone()),
        due_at: task.due.filter(|_| state == ChapterState::Parked).map(timestamp),
        length,
        sections_done,
        failed_tries: sum(|part| part.tries),
        rewrites: sum(|part| part.rewrites),
        calls: sum(|part| part.calls),
        cost_usd: task.parts.values().map(|part| part.spent).sum::<bindery_domain::Micros>().dollars(),
        edition: text.map(|text| text.edition),
        revision: text.map(|text| text.revision),
        remarks: remarks.unwrap_or_default(),
    }
}

fn state(task: &Task) -> ChapterState {
    match task.standing {
        Standing::Waiting => ChapterState::Waiting,
        Standing::Released if task.lease.is_some() => ChapterState::Writing,
        Standing::Released if task.parked.is_some() => ChapterState::Parked,
        Standing::Released => ChapterState::Queued,
        Standing::Done => ChapterState::Done,
        Standing::Dead => ChapterState::Failed,
    }
}

/// The parts that are no sections have the number 0, or numbers from that of the judgement on.
fn is_section(number: u16) -> bool {
    (1..bindery_ledger::JUDGEMENT_PART).contains(&number)
}

fn sections_done(task: &Task) -> u16 {
    let kept = task.parts.iter().filter(|(number, part)| is_section(**number) && part.digest.is_some());
    u16::try_from(kept.count()).unwrap_or(u16::MAX)
}

/// Describes the sections of a chapter, given their headings.
pub(crate) fn section_views(task: &Task, headings: &[String]) -> Vec<SectionView> {
    (1..)
        .zip(headings)
        .map(|(number, heading)| {
            let part = task.parts.get(&number).cloned().unwrap_or_default();
            SectionView {
                number,
                heading: heading.clone(),
                written: part.digest.is_some(),
                length: part.length,
                failed_tries: part.tries,
                rewrites: part.rewrites,
                model: part.model,
                cost_usd: part.spent.dollars(),
                remarks: part.remarks,
            }
        })
        .collect()
}
