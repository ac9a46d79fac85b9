//! The plan of a novel or of stories.

use serde::Serialize;

use super::{Style, list, style, topic};
use crate::{
    contract::{PlanChapter, PlanContract},
    prose::TextGenerator,
};

/// The term by which the secret of every story is known. A planted flaw uses it.
pub(crate) const SECRET_TERM: &str = "Wrangholm ledger";

/// Who acts in every story. Names are the same in every language.
const CHARACTERS: [&str; 3] = ["Mara Quill", "Tobin Ashe", "Ilse Varnholt"];

/// Where every story happens.
const PLACES: [&str; 2] = ["Wrangholm", "Saltmarsh"];

#[derive(Serialize)]
pub(super) struct StoryBook {
    premise: String,
    audience: String,
    style: Style,
    canon: Vec<String>,
    characters: Vec<Character>,
    places: Vec<Place>,
    timeline: Vec<String>,
    secrets: Vec<Secret>,
}

#[derive(Serialize)]
struct Character {
    name: &'static str,
    want: String,
    fear: String,
    speech: String,
}

#[derive(Serialize)]
struct Place {
    name: &'static str,
    line: String,
}

#[derive(Serialize)]
struct Secret {
    secret: String,
    terms: [&'static str; 1],
    chapter: u32,
    known_to: [Knowing; 1],
}

#[derive(Serialize)]
struct Knowing {
    character: &'static str,
    chapter: u32,
}

#[derive(Serialize)]
pub(super) struct Chapter {
    chapter: u32,
    summary: String,
    point_of_view: &'static str,
    setting: String,
    goal: String,
    turn: String,
    outcome: String,
    pub(super) images: String,
    pub(super) opening: String,
    pub(super) closing: String,
    handoff: String,
}

pub(super) fn book(contract: &PlanContract, generator: &mut TextGenerator) -> StoryBook {
    let last = contract.of.max(contract.chapters.last().map_or(0, |chapter| chapter.chapter));
    StoryBook {
        premise: generator.generate("thesis"),
        audience: generator.generate("audience"),
        style: style(generator),
        canon: list(generator, "fact", 2),
        characters: CHARACTERS.map(|name| character(name, generator)).into(),
        places: PLACES.map(|name| Place { name, line: generator.generate("meaning") }).into(),
        timeline: list(generator, "handoff", 3),
        secrets: secret(last, generator).into_iter().collect(),
    }
}

fn character(name: &'static str, generator: &mut TextGenerator) -> Character {
    Character {
        name,
        want: generator.generate("key-point"),
        fear: generator.generate("key-point"),
        speech: generator.generate("tone"),
    }
}

/// Makes a secret that the last chapter tells. A story of one chapter has none.
fn secret(last: u32, generator: &mut TextGenerator) -> Option<Secret> {
    let known_to = [Knowing { character: CHARACTERS[2], chapter: 1 }];
    let secret = format!("The {SECRET_TERM}: {}", generator.generate("fact"));
    (last > 1).then_some(Secret { secret, terms: [SECRET_TERM], chapter: last, known_to })
}

pub(super) fn chapters(chapters: &[PlanChapter], generator: &mut TextGenerator) -> Vec<Chapter> {
    let (mut openings, mut closings, mut images, mut lines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let planned = chapters.iter().map(|chapter| {
        generator.set_topic(topic(chapter));
        let point_of_view = *generator.random().pick(&CHARACTERS);
        let place = *generator.random().pick(&PLACES);
        Chapter {
            chapter: chapter.chapter,
            summary: generator.generate_new("summary", &mut lines),
            point_of_view,
            setting: format!("{place}, {}", generator.generate("domain")),
            goal: generator.generate("key-point"),
            turn: generator.generate("handoff"),
            outcome: generator.generate("closing-move"),
            images: generator.generate_new("domain", &mut images),
            opening: generator.generate_new("opening-move", &mut openings),
            closing: generator.generate_new("closing-move", &mut closings),
            handoff: generator.generate("handoff"),
        }
    });
    planned.collect()
}
