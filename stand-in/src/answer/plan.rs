//! A book's plan. Every book waits for its plan, so it is as short as its shape allows.

use serde::Serialize;

use crate::{
    contract::{PlanChapter, PlanContract},
    prose::{TextGenerator, Topic},
    random::Random,
};

#[derive(Serialize)]
pub(super) struct Plan {
    thesis: String,
    audience: String,
    promise: String,
    out_of_scope: Vec<String>,
    style: Style,
    glossary: Vec<Term>,
    canon: Vec<String>,
    chapters: Vec<Chapter>,
}

#[derive(Serialize)]
struct Style {
    tone: String,
    point_of_view: String,
    sample: String,
    banned: Vec<String>,
}

#[derive(Serialize)]
struct Term {
    term: String,
    definition: String,
    chapter: u32,
}

#[derive(Serialize)]
struct Chapter {
    chapter: u32,
    role: String,
    summary: String,
    owns: Vec<String>,
    references: Vec<String>,
    example_domain: String,
    opening: String,
    closing: String,
    handoff: String,
}

/// How many terms the glossary has at most.
const GLOSSARY_TERMS: usize = 5;

/// Makes a plan. Every chapter owns exactly its points, and no two chapters open or close alike.
pub(super) fn plan(contract: &PlanContract, random: Random) -> Plan {
    let topic = Topic::new(&contract.title, []);
    let mut generator = TextGenerator::new(&contract.language, topic, random);
    let thesis = generator.generate("thesis");
    let audience = generator.generate("audience");
    let promise = generator.generate("promise");
    let out_of_scope = list(&mut generator, "beyond", 2);
    let style = Style {
        tone: generator.generate("tone"),
        point_of_view: generator.generate("person"),
        sample: [generator.generate("opening"), generator.generate("sentence")].join(" "),
        banned: list(&mut generator, "cliche", 3),
    };
    let canon = list(&mut generator, "fact", 3);
    let glossary = glossary(&contract.chapters, &mut generator);
    Plan {
        thesis,
        audience,
        promise,
        out_of_scope,
        style,
        glossary,
        canon,
        chapters: chapters(&contract.chapters, &mut generator),
    }
}

fn list(generator: &mut TextGenerator, rule: &str, count: usize) -> Vec<String> {
    let mut items = Vec::new();
    (0..count).map(|_| generator.generate_new(rule, &mut items)).collect()
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

fn topic(chapter: &PlanChapter) -> Topic {
    let points = chapter.points.iter().map(|point| point.text.as_str());
    Topic::new(&chapter.title, points)
}

fn chapters(chapters: &[PlanChapter], generator: &mut TextGenerator) -> Vec<Chapter> {
    let mut openings = Vec::new();
    let mut closings = Vec::new();
    let planned = chapters.iter().enumerate().map(|(place, chapter)| {
        generator.set_topic(topic(chapter));
        Chapter {
            chapter: chapter.chapter,
            role: generator.generate("role"),
            summary: generator.generate("summary"),
            owns: chapter.points.iter().map(|point| point.id.clone()).collect(),
            references: reference(chapters, place, generator.random()).into_iter().collect(),
            example_domain: generator.generate("domain"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract::Point, random::CallSeed, tokens};

    fn make_plan(language: &str, chapters: u32) -> Plan {
        let chapter = |chapter| PlanChapter {
            chapter,
            title: format!("The keeping of ledgers, part {chapter}"),
            points: (1..=3)
                .map(|point| Point {
                    id: format!("{chapter}.{point}"),
                    text: format!("Ledger {chapter} keeps balance number {point}"),
                })
                .collect(),
        };
        let contract = PlanContract {
            language: language.to_owned(),
            title: "Ledgers".to_owned(),
            chapters: (1..=chapters).map(chapter).collect(),
        };
        let seed = CallSeed { server: 1, prompt: [0; 32], attempt: 1 };
        plan(&contract, seed.random("text"))
    }

    #[test]
    fn no_two_chapters_open_or_close_alike_even_in_a_very_long_book() {
        for language in ["en", "de", "fr", "es", "ja", "zh", "pt"] {
            let plan = make_plan(language, 300);
            for field in [|c: &Chapter| c.opening.clone(), |c: &Chapter| c.closing.clone()] {
                let distinct: std::collections::HashSet<_> = plan.chapters.iter().map(field).collect();
                assert_eq!(distinct.len(), 300, "{language}");
            }
        }
    }

    #[test]
    fn a_chapter_costs_at_most_about_a_hundred_tokens() {
        for language in ["en", "de", "fr", "es", "ja", "zh", "pt"] {
            let cost = |chapters| tokens::count(&super::super::json(&make_plan(language, chapters)));
            let per_chapter = (cost(60) - cost(10)) / 50;
            assert!((50..=105).contains(&per_chapter), "{language}: {per_chapter}");
        }
    }

    #[test]
    fn a_chapter_refers_only_to_earlier_chapters() {
        let plan = make_plan("en", 40);
        let references: Vec<(u32, u32)> = plan
            .chapters
            .iter()
            .flat_map(|chapter| chapter.references.iter().map(|id| (chapter.chapter, id)))
            .map(|(at, id)| (at, id.split_once('.').unwrap().0.parse().unwrap()))
            .collect();
        assert!(references.len() > 5);
        assert!(references.iter().all(|(at, owner)| owner < at));
    }
}
