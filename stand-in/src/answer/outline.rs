//! An outline for a topic.

use serde::Serialize;

use crate::{
    contract::OutlineContract,
    prose::{TextGenerator, Topic},
    random::Random,
};

#[derive(Serialize)]
pub(super) struct Outline {
    title: String,
    description: String,
    audience: String,
    chapters: Vec<Chapter>,
}

#[derive(Serialize)]
struct Chapter {
    title: String,
    summary: String,
    points: Vec<String>,
}

/// Makes an outline with exactly the requested chapters. All titles and all points are distinct.
pub(super) fn outline(contract: &OutlineContract, random: Random) -> Outline {
    let topic = Topic::new(&contract.topic, []);
    let mut generator = TextGenerator::new(&contract.language, topic, random);
    let mut titles = Vec::new();
    let mut points = Vec::new();
    let title = generator.generate("book");
    let description = [generator.generate("thesis"), generator.generate("promise")].join(" ");
    let audience = generator.generate("audience");
    let chapters = (0..contract.chapters).map(|_| Chapter {
        title: generator.generate_new("title", &mut titles),
        summary: generator.generate("sentence"),
        points: (0..generator.random().between(3, 5))
            .map(|_| generator.generate_new("key-point", &mut points))
            .collect(),
    });
    Outline { title, description, audience, chapters: chapters.collect() }
}
