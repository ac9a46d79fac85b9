//! A book's plan. Every book waits for its plan, so it is as short as its shape allows.

mod explained;
mod story;

use serde::Serialize;

pub(crate) use self::story::SECRET_TERM;
use self::{explained::ExplainingBook, story::StoryBook};
use crate::{
    contract::{BookKind, PlanChapter, PlanContract, PlanScope},
    prose::{TextGenerator, Topic},
    random::Random,
};

/// The decisions that were asked for.
#[derive(Serialize)]
pub(super) struct Plan {
    #[serde(flatten)]
    book: Option<Book>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapters: Option<Vec<Chapter>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Book {
    Explaining(ExplainingBook),
    Story(StoryBook),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Chapter {
    Explained(explained::Chapter),
    Told(story::Chapter),
}

#[derive(Serialize)]
struct Style {
    tone: String,
    point_of_view: String,
    voice: String,
    banned: Vec<String>,
}

/// Makes a plan. No two chapters open or close alike, or take their examples and comparisons from the same field.
pub(super) fn plan(contract: &PlanContract, random: Random) -> Plan {
    let topic = Topic::new(&contract.title, []);
    let mut generator = TextGenerator::new(&contract.language, topic, random);
    let is_story = matches!(contract.kind, BookKind::Novel | BookKind::Stories);
    let book = (contract.scope != PlanScope::Chapters).then(|| {
        if is_story {
            Book::Story(story::book(contract, &mut generator))
        } else {
            Book::Explaining(explained::book(contract, &mut generator))
        }
    });
    let chapters = (contract.scope != PlanScope::Book).then(|| {
        if is_story {
            story::chapters(&contract.chapters, &mut generator).into_iter().map(Chapter::Told).collect()
        } else {
            explained::chapters(contract, &mut generator).into_iter().map(Chapter::Explained).collect()
        }
    });
    Plan { book, chapters }
}

fn style(generator: &mut TextGenerator) -> Style {
    Style {
        tone: generator.generate("tone"),
        point_of_view: generator.generate("person"),
        voice: [generator.generate("opening"), generator.generate("sentence")].join(" "),
        banned: list(generator, "cliche", 3),
    }
}

fn list(generator: &mut TextGenerator, rule: &str, count: usize) -> Vec<String> {
    let mut items = Vec::new();
    (0..count).map(|_| generator.generate_new(rule, &mut items)).collect()
}

fn topic(chapter: &PlanChapter) -> Topic {
    let points = chapter.points.iter().map(|point| point.text.as_str());
    Topic::new(&chapter.title, points)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{contract::Point, random::CallSeed, tokens};

    const LANGUAGES: [&str; 7] = ["en", "de", "fr", "es", "ja", "zh", "pt"];

    fn json(kind: BookKind, scope: PlanScope, language: &str, chapters: u32) -> String {
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
            kind,
            scope,
            of: chapters,
            chapters: (1..=chapters).map(chapter).collect(),
        };
        let seed = CallSeed { server: 1, prompt: [0; 32], attempt: 1 };
        super::super::json(&plan(&contract, seed.random("text")))
    }

    fn whole(kind: BookKind, language: &str, chapters: u32) -> Value {
        serde_json::from_str(&json(kind, PlanScope::Whole, language, chapters)).unwrap()
    }

    #[test]
    fn no_two_chapters_open_or_close_alike_even_in_a_very_long_book() {
        for language in LANGUAGES {
            for (kind, fields) in [
                (BookKind::Other, &["opening", "closing", "images", "example_domain"][..]),
                (BookKind::Novel, &["opening", "closing", "images"]),
            ] {
                let plan = whole(kind, language, 300);
                for field in fields {
                    let chapters = plan["chapters"].as_array().unwrap().iter();
                    let distinct: std::collections::HashSet<_> =
                        chapters.map(|chapter| chapter[*field].as_str()).collect();
                    assert_eq!(distinct.len(), 300, "{language} {field}");
                }
            }
        }
    }

    #[test]
    fn a_chapter_costs_at_most_about_two_hundred_tokens() {
        for language in LANGUAGES {
            for kind in [BookKind::Other, BookKind::Course, BookKind::Novel] {
                let cost = |chapters| tokens::count(&json(kind, PlanScope::Whole, language, chapters));
                let per_chapter = (cost(60) - cost(10)) / 50;
                assert!((70..=230).contains(&per_chapter), "{language} {kind:?}: {per_chapter}");
            }
        }
    }

    #[test]
    fn a_plan_holds_what_its_kind_and_its_scope_ask_for() {
        let story = whole(BookKind::Novel, "en", 12);
        assert_eq!(story["secrets"][0]["chapter"], 12);
        assert!(story["characters"][0]["want"].is_string() && story["chapters"][0]["turn"].is_string());
        assert!(story["glossary"].is_null() && story["chapters"][0]["references"].is_null());
        assert!(whole(BookKind::Novel, "en", 1)["secrets"].as_array().unwrap().is_empty());
        let course = whole(BookKind::Course, "en", 2);
        assert_eq!(course["chapters"][0]["goals"].as_array().unwrap().len(), 2);
        assert_eq!(course["running_examples"][0]["chapter"], 1);
        let part = |scope| serde_json::from_str::<Value>(&json(BookKind::Other, scope, "en", 2)).unwrap();
        assert!(part(PlanScope::Book)["chapters"].is_null() && part(PlanScope::Book)["thesis"].is_string());
        assert!(part(PlanScope::Chapters)["thesis"].is_null() && part(PlanScope::Chapters)["chapters"].is_array());
    }

    #[test]
    fn a_chapter_refers_only_to_earlier_chapters() {
        let plan = whole(BookKind::Other, "en", 40);
        let references: Vec<(u64, u64)> = plan["chapters"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|chapter| {
                chapter["references"].as_array().unwrap().iter().map(move |id| (&chapter["chapter"], id))
            })
            .map(|(at, id)| (at.as_u64().unwrap(), id.as_str().unwrap().split_once('.').unwrap().0.parse().unwrap()))
            .collect();
        assert!(references.len() > 5);
        assert!(references.iter().all(|(at, owner)| owner < at));
    }
}
