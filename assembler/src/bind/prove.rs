//! The proof that a set of chapters is complete: each chapter is there once, with the text that was committed.

use std::collections::HashMap;

use bindery_domain::Digest;
use bindery_format::Chapter;
use bindery_ledger::{BoundText, GapPolicy, Request, Task, TaskResult, current_texts};
use bindery_runtime::{Halt, Work};

use super::provenance::Sources;
use crate::texts::texts;

/// The result of the proof.
pub(super) enum Proof {
    /// The set is complete.
    Complete(CompleteSet),
    /// The stored texts of these chapters are missing or wrong.
    Missing(Vec<u32>),
    /// The set has a gap that its policy does not allow.
    Gap(String),
}

/// A complete set of chapters, in order.
pub(super) struct CompleteSet {
    pub(super) chapters: Vec<Chapter>,
    pub(super) texts: Vec<BoundText>,
    /// The sum of the chapters' lengths.
    pub(super) length: u64,
}

/// Reads the texts of the chapters by their numbers. A text that the store has lost, or of which it holds other bytes, is
/// left out.
pub(super) async fn chapter_texts(work: &Work, tasks: &[Task]) -> Result<HashMap<u32, String>, Halt> {
    let written = current_texts(tasks);
    let digests: Vec<Digest> = written.values().map(|text| text.digest.clone()).collect();
    let stored = texts(work, &digests).await?;
    let text = |(number, text): (u32, &TaskResult)| Some((number, stored.get(&text.digest)?.clone()));
    Ok(written.into_iter().filter_map(text).collect())
}

/// Checks the chapters and their texts against the outline. They were read after the claim: a chapter that is committed later
/// raises the edition, so that this binding is refused.
///
/// `sections` has the texts of their sections, where a format tells in which call each was written.
pub(super) fn prove(
    request: &Request,
    tasks: &[Task],
    mut texts: HashMap<u32, String>,
    sections: &HashMap<Digest, String>,
) -> Proof {
    let sources = Sources::of(request, tasks);
    let by_number: HashMap<u32, &Task> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
    let written = current_texts(tasks);
    let mut set = CompleteSet { chapters: Vec::new(), texts: Vec::new(), length: 0 };
    let mut missing = Vec::new();
    let outline = &request.order.outline;
    for ((number, outlined), shown_number) in (1..).zip(&outline.chapters).zip(outline.numbers()) {
        let result = written.get(&number);
        // No model wrote a text that its author typed.
        let written_text = result.filter(|_| outlined.typed_text().is_none());
        let provenance = written_text.zip(texts.get(&number));
        let provenance = provenance.map(|(result, text)| sources.provenance(number, result, text, sections));
        let chapter = |body| Chapter {
            number,
            shown_number,
            role: outlined.role(),
            part: outlined.part.clone(),
            title: outlined.title.clone(),
            goals: outlined.goals.clone(),
            provenance,
            body,
        };
        if let Some(result) = result {
            match texts.remove(&number) {
                Some(body) => set.add(chapter(body), result),
                None => missing.push(number),
            }
            continue;
        }
        match reason_of_death(by_number.get(&number).copied()) {
            None => missing.push(number),
            Some(reason) => match request.terms.gaps {
                GapPolicy::Fail => return Proof::Gap(format!("chapter {number} is missing: {reason}")),
                GapPolicy::Omit => {}
                GapPolicy::Placeholder => {
                    let body = format!("*{}*\n", bindery_format::missing(request.order.language()));
                    set.chapters.push(chapter(body));
                }
            },
        }
    }
    if !missing.is_empty() {
        return Proof::Missing(missing);
    }
    if set.texts.is_empty() {
        return Proof::Gap("no chapter could be written".to_owned());
    }
    Proof::Complete(set)
}

impl CompleteSet {
    fn add(&mut self, chapter: Chapter, result: &TaskResult) {
        self.texts.push(BoundText::of(chapter.number, result));
        self.chapters.push(chapter);
        self.length += u64::from(result.length);
    }
}

/// Returns why a chapter was given up; `None` where it was not.
fn reason_of_death(task: Option<&Task>) -> Option<&str> {
    task.filter(|task| task.is_gap()).map(|task| task.reason.as_deref().unwrap_or_default())
}
