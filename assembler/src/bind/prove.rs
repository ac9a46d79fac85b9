//! The proof that a set of chapters is whole: every number once, every text what was committed.

use std::collections::HashMap;

use bindery_domain::Digest;
use bindery_format::Chapter;
use bindery_ledger::{BoundText, GapPolicy, Request, Standing, Task, TaskResult};
use bindery_runtime::{Halt, Work};

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

/// Reads the chapters' texts, by the chapters' numbers; one that the store has lost, or of which it holds other bytes, is
/// not among them.
pub(super) async fn texts(work: &Work, tasks: &[Task]) -> Result<HashMap<u32, String>, Halt> {
    let chapters = tasks.iter().filter(|task| task.id.chapter().is_some());
    let written = chapters.filter_map(|task| match standing(Some(task)) {
        Found::Result(result) => Some((task.id.chapter()?, result.digest.clone())),
        Found::Dead(_) | Found::Nothing => None,
    });
    let (numbers, digests): (Vec<u32>, Vec<Digest>) = written.unzip();
    let mut texts = HashMap::with_capacity(numbers.len());
    for (numbers, digests) in numbers.chunks(PAGE).zip(digests.chunks(PAGE)) {
        let page = numbers.iter().zip(work.texts(digests).await?);
        texts.extend(page.filter_map(|(&number, text)| Some((number, text?))));
    }
    Ok(texts)
}

/// Holds the chapters as they were read after the claim, and their texts, against the outline. A chapter that is committed
/// later raises the edition, so that this binding is refused.
pub(super) fn prove(request: &Request, tasks: &[Task], mut texts: HashMap<u32, String>) -> Proof {
    let by_number: HashMap<u32, &Task> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
    let mut proven = Proven { chapters: Vec::new(), texts: Vec::new(), length: 0 };
    let mut missing = Vec::new();
    for (number, outlined) in (1..).zip(&request.order.outline.chapters) {
        let title = outlined.title.clone();
        match standing(by_number.get(&number).copied()) {
            Found::Result(result) => match texts.remove(&number) {
                Some(body) => proven.add(Chapter { number, title, body }, result),
                None => missing.push(number),
            },
            Found::Nothing => missing.push(number),
            Found::Dead(reason) => match request.terms.gaps {
                GapPolicy::Fail => return Proof::Gap(format!("chapter {number} is missing: {reason}")),
                GapPolicy::Omit => {}
                GapPolicy::Placeholder => {
                    let body = format!("*{}*\n", bindery_format::missing(request.order.language()));
                    proven.chapters.push(Chapter { number, title, body });
                }
            },
        }
    }
    if !missing.is_empty() {
        return Proof::Missing(missing);
    }
    if proven.texts.is_empty() {
        return Proof::Gap("no chapter could be written".to_owned());
    }
    Proof::Whole(proven)
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
    Dead(&'a str),
    Nothing,
}

fn standing(task: Option<&Task>) -> Found<'_> {
    match task {
        Some(Task { standing: Standing::Done, result: Some(result), .. }) => Found::Result(result),
        Some(Task { standing: Standing::Dead, reason, .. }) => Found::Dead(reason.as_deref().unwrap_or_default()),
        _ => Found::Nothing,
    }
}
