//! A book's plan. Every book waits for it, so it is as short as its shape allows.

use serde::Serialize;

use crate::{
    contract::{PlanChapter, PlanContract},
    draw::Draw,
    prose::{Topic, Voice},
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

const TERMS: usize = 5;

/// Makes a plan in which every chapter owns exactly its own points and no two open or close alike.
pub(super) fn plan(contract: &PlanContract, draw: Draw) -> Plan {
    let topic = Topic::new(&contract.title, []);
    let mut voice = Voice::new(&contract.language, topic, draw);
    let thesis = voice.say("thesis");
    let audience = voice.say("audience");
    let promise = voice.say("promise");
    let out_of_scope = list(&mut voice, "beyond", 2);
    let style = Style {
        tone: voice.say("tone"),
        point_of_view: voice.say("person"),
        sample: [voice.say("opening"), voice.say("sentence")].join(" "),
        banned: list(&mut voice, "cliche", 3),
    };
    let canon = list(&mut voice, "fact", 3);
    let glossary = glossary(&contract.chapters, &mut voice);
    Plan {
        thesis,
        audience,
        promise,
        out_of_scope,
        style,
        glossary,
        canon,
        chapters: chapters(&contract.chapters, &mut voice),
    }
}

fn list(voice: &mut Voice, rule: &str, count: usize) -> Vec<String> {
    let mut said = Vec::new();
    (0..count).map(|_| voice.say_anew(rule, &mut said)).collect()
}

/// Explains a term of each of the first chapters that have one of their own.
fn glossary(chapters: &[PlanChapter], voice: &mut Voice) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for chapter in chapters {
        let topic = topic(chapter);
        let is_new = |word: &&str| terms.iter().all(|known| known.term != *word);
        let longest = topic.words().filter(is_new).max_by_key(|word| word.len());
        if let Some(term) = longest.map(str::to_owned) {
            terms.push(Term { term, definition: voice.say("meaning"), chapter: chapter.chapter });
        }
        if terms.len() == TERMS {
            break;
        }
    }
    terms
}

fn topic(chapter: &PlanChapter) -> Topic {
    let points = chapter.points.iter().map(|point| point.text.as_str());
    Topic::new(&chapter.title, points)
}

fn chapters(chapters: &[PlanChapter], voice: &mut Voice) -> Vec<Chapter> {
    let mut openings = Vec::new();
    let mut closings = Vec::new();
    let planned = chapters.iter().enumerate().map(|(place, chapter)| {
        voice.turn_to(topic(chapter));
        Chapter {
            chapter: chapter.chapter,
            role: voice.say("role"),
            summary: voice.say("summary"),
            owns: chapter.points.iter().map(|point| point.id.clone()).collect(),
            references: reference(chapters, place, voice.draw()).into_iter().collect(),
            example_domain: voice.say("domain"),
            opening: voice.say_anew("opening-move", &mut openings),
            closing: voice.say_anew("closing-move", &mut closings),
            handoff: voice.say("handoff"),
        }
    });
    planned.collect()
}

/// Lets every other chapter refer to a point of some chapter before it.
fn reference(chapters: &[PlanChapter], place: usize, draw: &mut Draw) -> Option<String> {
    let before = &chapters[..place];
    if before.is_empty() || draw.chance(0.5) {
        return None;
    }
    let points = &draw.pick(before).points;
    (!points.is_empty()).then(|| draw.pick(points).id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract::Point, draw::Source, tokens};

    fn made(language: &str, chapters: u32) -> Plan {
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
        let source = Source { seed: 1, prompt: [0; 32], attempt: 1 };
        plan(&contract, source.draw("text"))
    }

    #[test]
    fn no_two_chapters_open_or_close_alike_even_in_a_very_long_book() {
        for language in ["en", "de", "fr", "es", "ja", "zh", "pt"] {
            let plan = made(language, 300);
            for field in [|c: &Chapter| c.opening.clone(), |c: &Chapter| c.closing.clone()] {
                let distinct: std::collections::HashSet<_> = plan.chapters.iter().map(field).collect();
                assert_eq!(distinct.len(), 300, "{language}");
            }
        }
    }

    #[test]
    fn a_chapter_costs_at_most_about_a_hundred_tokens() {
        for language in ["en", "de", "fr", "es", "ja", "zh", "pt"] {
            let cost = |chapters| tokens::count(&super::super::json(&made(language, chapters)));
            let a_chapter = (cost(60) - cost(10)) / 50;
            assert!((50..=105).contains(&a_chapter), "{language}: {a_chapter}");
        }
    }

    #[test]
    fn a_chapter_refers_only_to_chapters_before_it() {
        let plan = made("en", 40);
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
