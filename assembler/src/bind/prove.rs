//! The proof that a set of chapters is whole: every number once, every text what was committed.

use std::collections::BTreeMap;

use bindery_shared::{
    book::{
        digest::Digest,
        request::{GapPolicy, Request},
    },
    consume::{Halt, Work},
    ledger::{BoundText, Standing, Task, TaskResult},
};

use crate::{format, manuscript::Chapter};

/// How many texts are read in one round trip: a book has up to 2,000, and others use the store too.
const PAGE: usize = 16;

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

pub(super) async fn prove(work: &Work, request: &Request, tasks: &[Task]) -> Result<Proof, Halt> {
    let by_number: BTreeMap<u32, &Task> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
    let mut proven = Proven { chapters: Vec::new(), texts: Vec::new(), length: 0 };
    let mut missing = Vec::new();
    let outlined = (1..).zip(&request.order.outline.chapters);
    let found: Vec<_> =
        outlined.map(|(number, chapter)| (number, chapter, standing(by_number.get(&number).copied()))).collect();
    let mut bodies = bodies(work, found.iter().filter_map(|(.., found)| found.digest())).await?.into_iter();
    for (number, chapter, found) in found {
        let title = chapter.title.clone();
        match found {
            Found::Result(result) => match bodies.next().flatten() {
                Some(body) => proven.add(Chapter { number, title, body }, result),
                None => missing.push(number),
            },
            Found::Nothing => missing.push(number),
            Found::Dead(reason) => match request.terms.gaps {
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
    fn digest(&self) -> Option<Digest> {
        match self {
            Self::Result(result) => Some(result.digest.clone()),
            Self::Dead(_) | Self::Nothing => None,
        }
    }
}

/// Reads texts in order; none for one that the store has lost, or of which it holds other bytes.
async fn bodies(work: &Work, digests: impl Iterator<Item = Digest>) -> Result<Vec<Option<String>>, Halt> {
    let digests: Vec<Digest> = digests.collect();
    let mut bodies = Vec::with_capacity(digests.len());
    for page in digests.chunks(PAGE) {
        bodies.extend(work.texts(page).await?);
    }
    Ok(bodies)
}

fn standing(task: Option<&Task>) -> Found<'_> {
    match task {
        Some(Task { standing: Standing::Done, result: Some(result), .. }) => Found::Result(result),
        Some(Task { standing: Standing::Dead, reason, .. }) => Found::Dead(reason.clone().unwrap_or_default()),
        _ => Found::Nothing,
    }
}
