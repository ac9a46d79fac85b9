//! An outline for a topic.

use serde::Serialize;

use crate::{
    contract::OutlineContract,
    draw::Draw,
    prose::{Topic, Voice},
};

#[derive(Serialize)]
pub(super) struct Outline {
    title: String,
    description: String,
    chapters: Vec<Chapter>,
}

#[derive(Serialize)]
struct Chapter {
    title: String,
    summary: String,
    points: Vec<String>,
}

/// Makes an outline with exactly the chapters asked for; no title and no point comes twice.
pub(super) fn outline(contract: &OutlineContract, draw: Draw) -> Outline {
    let topic = Topic::new(&contract.topic, []);
    let mut voice = Voice::new(&contract.language, topic, draw);
    let mut titles = Vec::new();
    let mut points = Vec::new();
    let title = voice.say("book");
    let description = [voice.say("thesis"), voice.say("promise")].join(" ");
    let chapters = (0..contract.chapters).map(|_| Chapter {
        title: voice.say_anew("title", &mut titles),
        summary: voice.say("sentence"),
        points: (0..voice.draw().between(3, 5)).map(|_| voice.say_anew("key-point", &mut points)).collect(),
    });
    Outline { title, description, chapters: chapters.collect() }
}
