//! The proof that a set of chapters is whole: every number once, every text what was committed.

use std::collections::BTreeMap;

use bindery_shared::{
    book::request::{GapPolicy, Request},
    consume::{Halt, Work},
    ledger::{BoundText, Standing, Task, TaskResult},
};

use crate::{format, manuscript::Chapter};

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
}

pub(super) async fn prove(work: &Work, request: &Request) -> Result<Proof, Halt> {
    let tasks = work.tasks().await?;
    let by_number: BTreeMap<u32, &Task> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
    let mut proven = Proven { chapters: Vec::new(), texts: Vec::new() };
    let mut missing = Vec::new();
    for (position, outlined) in request.order.outline.chapters.iter().enumerate() {
        let number = u32::try_from(position + 1).expect("an outline holds at most 2,000 chapters");
        let title = outlined.title.clone();
        match standing(by_number.get(&number).copied()) {
            Found::Result(result) => match work.text(&result.digest).await? {
                Some(body) => proven.add(Chapter { number, title, body }, result),
                None => missing.push(number),
            },
            Found::Dead(reason) => match request.terms.gaps {
                GapPolicy::Fail => return Ok(Proof::Gap(format!("chapter {number} is missing: {reason}"))),
                GapPolicy::Omit => {}
                GapPolicy::Placeholder => {
                    let body = format!("*{}*\n", format::missing(request.order.language()));
                    proven.chapters.push(Chapter { number, title, body });
                }
            },
            Found::Nothing => missing.push(number),
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
    }
}

enum Found<'a> {
    Result(&'a TaskResult),
    Dead(String),
    Nothing,
}

fn standing(task: Option<&Task>) -> Found<'_> {
    match task {
        Some(Task { standing: Standing::Done, result: Some(result), .. }) => Found::Result(result),
        Some(Task { standing: Standing::Dead, reason, .. }) => Found::Dead(reason.clone().unwrap_or_default()),
        _ => Found::Nothing,
    }
}
