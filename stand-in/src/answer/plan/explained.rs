//! The plan of a book that explains or teaches.

use serde::Serialize;

use super::{Style, list, style, topic};
use crate::{
    contract::{BookKind, PlanChapter, PlanContract},
    prose::TextGenerator,
    random::Random,
};

#[derive(Serialize)]
pub(super) struct ExplainingBook {
    thesis: String,
    audience: String,
    promise: String,
    out_of_scope: Vec<String>,
    style: Style,
    glossary: Vec<Term>,
    canon: Vec<String>,
    running_examples: Vec<Example>,
}

#[derive(Serialize)]
struct Term {
    term: String,
    definition: String,
    chapter: u32,
}

#[derive(Serialize)]
struct Example {
    name: String,
    line: String,
    chapter: u32,
}

#[derive(Serialize)]
pub(super) struct Chapter {
    chapter: u32,
    role: String,
    summary: String,
    owns: Vec<String>,
    references: Vec<String>,
    pub(super) example_domain: String,
    pub(super) images: String,
    assumes: String,
    adds: String,
    leaves: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goals: Vec<String>,
    pub(super) opening: String,
    pub(super) closing: String,
    handoff: String,
}

/// How many terms the glossary has at most.
const GLOSSARY_TERMS: usize = 5;

/// How many goals a lesson has.
const GOALS: usize = 2;

pub(super) fn book(contract: &PlanContract, generator: &mut TextGenerator) -> ExplainingBook {
    let running_examples = match contract.chapters.first() {
        Some(first) => vec![Example {
            name: generator.generate("domain"),
            line: generator.generate("meaning"),
            chapter: first.chapter,
        }],
        None => Vec::new(),
    };
    ExplainingBook {
        thesis: generator.generate("thesis"),
        audience: generator.generate("audience"),
        promise: generator.generate("promise"),
        out_of_scope: list(generator, "beyond", 2),
        style: style(generator),
        canon: list(generator, "fact", 3),
        glossary: glossary(&contract.chapters, generator),
        running_examples,
    }
}

/// Explains one term of each of the first chapters that have a term of their own.
fn glossary(chapters: &[PlanChapter], generator: &mut TextGenerator) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for chapter in chapters {
        let topic = topic(chapter);
        let is_new = |word: &&str| terms.iter().all(|known| known.term != *word);
        let longest = topic.words().filter(is_new).max_by_key(|word| word.len());
        if let Some(term) = longest.map(str::to_owned) {
            terms.push(Term { term, definition: generator.generate("meaning"), chapter: chapter.chapter });
        }
        if terms.len() == GLOSSARY_TERMS {
            break;
        }
    }
    terms
}

pub(super) fn chapters(contract: &PlanContract, generator: &mut TextGenerator) -> Vec<Chapter> {
    let (mut openings, mut closings, mut domains, mut lines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let goals = if matches!(contract.kind, BookKind::Course | BookKind::Nonfiction) { GOALS } else { 0 };
    let planned = contract.chapters.iter().enumerate().map(|(place, chapter)| {
        generator.set_topic(topic(chapter));
        Chapter {
            chapter: chapter.chapter,
            role: generator.generate("role"),
            summary: generator.generate_new("summary", &mut lines),
            owns: chapter.points.iter().map(|point| point.id.clone()).collect(),
            references: reference(&contract.chapters, place, generator.random()).into_iter().collect(),
            example_domain: generator.generate_new("domain", &mut domains),
            images: generator.generate_new("domain", &mut domains),
            assumes: generator.generate("summary"),
            adds: generator.generate("key-point"),
            leaves: generator.generate("key-point"),
            goals: list(generator, "key-point", goals),
            opening: generator.generate_new("opening-move", &mut openings),
            closing: generator.generate_new("closing-move", &mut closings),
            handoff: generator.generate("handoff"),
        }
    });
    planned.collect()
}

/// Returns a point of an earlier chapter to refer to; `None` for about half of the chapters.
fn reference(chapters: &[PlanChapter], place: usize, random: &mut Random) -> Option<String> {
    let before = &chapters[..place];
    if before.is_empty() || random.chance(0.5) {
        return None;
    }
    let points = &random.pick(before).points;
    (!points.is_empty()).then(|| random.pick(points).id.clone())
}
