//! The proof that a set of chapters is whole: every number once, every text what was committed.

use std::collections::BTreeMap;

use bindery_shared::{
    book::request::{GapPolicy, Request},
    consume::{Halt, Work},
    ledger::{BoundText, Standing, Task, TaskResult},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{format, manuscript::Chapter};

/// How many texts are read at once: a book has up to 2,000, and others want the store's few connections too.
const READS: usize = 3;

/// What the proof found.
pub(super) enum Proof {
    /// The set is whole.
    Whole(Proven),
    /// These chapters' stored texts are missing or wrong.
    Missing(Vec<u32>),
    /// The set has a gap that its policy does not allow.
    Gap(String),
}

/// A whole set, in order.
pub(super) struct Proven {
    pub(super) chapters: Vec<Chapter>,
    pub(super) texts: Vec<BoundText>,
    /// The sum of the chapters' lengths.
    pub(super) length: u64,
}

pub(super) async fn prove(work: &Work, request: &Request) -> Result<Proof, Halt> {
    let tasks = work.tasks().await?;
    let by_number: BTreeMap<u32, &Task> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
    let mut proven = Proven { chapters: Vec::new(), texts: Vec::new(), length: 0 };
    let mut missing = Vec::new();
    let outlined = (1..).zip(&request.order.outline.chapters);
    let found: Vec<_> =
        outlined.map(|(number, chapter)| (number, chapter, standing(by_number.get(&number).copied()))).collect();
    let bodies: Vec<_> = found.iter().map(|(.., found)| found.body(work)).collect();
    let mut bodies = stream::iter(bodies).buffered(READS);
    for (number, chapter, found) in &found {
        let (number, title) = (*number, chapter.title.clone());
        let body = bodies.try_next().await?.flatten();
        match (found, body) {
            (Found::Result(result), Some(body)) => proven.add(Chapter { number, title, body }, result),
            (Found::Result(_), None) | (Found::Nothing, _) => missing.push(number),
            (Found::Dead(reason), _) => match request.terms.gaps {
                GapPolicy::Fail => return Ok(Proof::Gap(format!("chapter {number} is missing: {reason}"))),
                GapPolicy::Omit => {}
                GapPolicy::Placeholder => {
                    let body = format!("*{}*\n", format::missing(request.order.language()));
                    proven.chapters.push(Chapter { number, title, body });
                }
            },
        }
    }
    if !missing.is_empty() {
        return Ok(Proof::Missing(missing));
    }
    if proven.texts.is_empty() {
        return Ok(Proof::Gap("no chapter could be written".to_owned()));
    }
    Ok(Proof::Whole(proven))
}

impl Proven {
    fn add(&mut self, chapter: Chapter, result: &TaskResult) {
        let digest = result.digest.clone();
        self.texts.push(BoundText { chapter: chapter.number, edition: result.edition, digest });
        self.chapters.push(chapter);
        self.length += u64::from(result.length);
    }
}

enum Found<'a> {
    Result(&'a TaskResult),
    Dead(String),
    Nothing,
}

impl Found<'_> {
    /// Reads the text, where there must be one; none where the store has lost it, or holds other bytes.
    async fn body(&self, work: &Work) -> Result<Option<String>, Halt> {
        match self {
            Self::Result(result) => work.text(&result.digest).await,
            Self::Dead(_) | Self::Nothing => Ok(None),
        }
    }
}

fn standing(task: Option<&Task>) -> Found<'_> {
    match task {
        Some(Task { standing: Standing::Done, result: Some(result), .. }) => Found::Result(result),
        Some(Task { standing: Standing::Dead, reason, .. }) => Found::Dead(reason.clone().unwrap_or_default()),
        _ => Found::Nothing,
    }
}
