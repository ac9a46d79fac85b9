//! The slowest chain: the longest path through the recorded calls. More calls in parallel do not make it shorter.
//!
//! It leads through the outline of a topic, the plan and then, wave by wave, through the slowest chapter or repair. Of that it
//! takes the brief, the slowest section with its tries and rewrites, and the summary.

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::TaskId;
use serde::Serialize;

use super::task::{FACTS_PART, JUDGEMENT_PART, OUTLINE_PART, Standing, Task, section_of};

/// The calls for one part on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The task.
    pub task: TaskId,
    /// The part of the task.
    pub part: Piece,
    /// How long its calls took one after another, including the pauses between them.
    pub ms: u64,
}

/// What a part is to its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The outline that is made from a topic.
    Outline,
    /// The book's plan.
    Plan,
    /// A chapter's brief.
    Brief,
    /// A section, numbered from 1.
    Section(u16),
    /// The judgement of a chapter's points.
    Judgement,
    /// The summary of a finished chapter.
    Summary,
    /// The list of the facts that a chapter states.
    Facts,
}

/// Returns the slowest chain's links, in order.
pub fn slowest(tasks: &[Task]) -> Vec<Link> {
    let mut plan = Vec::new();
    let mut waves: BTreeMap<u16, Vec<Link>> = BTreeMap::new();
    for task in tasks {
        match task.id {
            TaskId::Plan => plan = through_plan(task),
            TaskId::Write(_) | TaskId::Repair { .. } => {
                let chain = through(task);
                let slowest = waves.entry(task.wave).or_default();
                if length(&chain) > length(slowest) {
                    *slowest = chain;
                }
            }
            TaskId::Audit | TaskId::Bind => {}
        }
    }
    plan.into_iter().chain(waves.into_values().flatten()).collect()
}

/// Returns how long a chain takes.
pub fn length(chain: &[Link]) -> Duration {
    Duration::from_millis(chain.iter().map(|link| link.ms).sum())
}

/// Returns the chain through a plan: the outline of a topic, the call for the book, then the slowest of the blocks of chapters.
fn through_plan(task: &Task) -> Vec<Link> {
    let blocks = task.parts.iter().filter(|(number, _)| (1..OUTLINE_PART).contains(*number));
    let slowest = blocks.max_by_key(|(_, part)| part.elapsed_ms).map(|(number, _)| (Piece::Plan, *number));
    links(task, [(Piece::Outline, OUTLINE_PART), (Piece::Plan, 0)].into_iter().chain(slowest))
}

/// Returns the chain through one chapter.
fn through(task: &Task) -> Vec<Link> {
    let last = task.parts.keys().filter(|number| **number < JUDGEMENT_PART).max().copied().unwrap_or(0);
    let done = task.result.as_ref().filter(|_| task.standing == Standing::Done);
    // If other chapters are written from this one, its summary follows its sections.
    let summed_up = done.is_some_and(|result| result.summary.is_some());
    let sections = 1..=if summed_up { last.saturating_sub(1) } else { last };
    let texts = task.parts.iter().filter_map(|(number, part)| {
        section_of(*number)
            .filter(|section| sections.contains(section))
            .map(|section| (section, *number, part.elapsed_ms))
    });
    let slowest = texts.max_by_key(|(.., ms)| *ms).map(|(section, number, _)| (Piece::Section(section), number));
    let summary = summed_up.then_some((Piece::Summary, last));
    let judgement = Some((Piece::Judgement, JUDGEMENT_PART));
    let facts = Some((Piece::Facts, FACTS_PART));
    links(task, [(Piece::Brief, 0)].into_iter().chain(slowest).chain(judgement).chain(summary).chain(facts))
}

/// Returns a link for each part that took any time.
fn links(task: &Task, parts: impl IntoIterator<Item = (Piece, u16)>) -> Vec<Link> {
    let link = |(part, number): (Piece, u16)| {
        let ms = task.parts.get(&number)?.elapsed_ms;
        (ms > 0).then_some(Link { task: task.id, part, ms })
    };
    parts.into_iter().filter_map(link).collect()
}
