//! A chapter's brief: its sections with headings, points and lengths.

use serde::Serialize;

use crate::{
    contract::{BriefContract, Point},
    prose::{TextGenerator, Topic},
    random::Random,
};

#[derive(Serialize)]
pub(super) struct Brief {
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Section {
    heading: String,
    points: Vec<String>,
    length: u32,
    beats: Vec<String>,
    example: String,
    begins: String,
    opens: String,
    ends: String,
    closes: String,
}

/// How many steps a section has.
const BEATS: usize = 2;

/// Makes a brief with exactly the requested sections. They share the points in order, and their lengths add up.
pub(super) fn brief(contract: &BriefContract, random: Random) -> Brief {
    let count = usize::try_from(contract.sections).unwrap_or(usize::MAX);
    let chapter = Topic::new(&contract.title, []);
    let mut generator = TextGenerator::new(&contract.language, chapter.clone(), random);
    let mut headings = contract.headings.clone();
    let (mut examples, mut openings, mut closings) = (Vec::new(), Vec::new(), Vec::new());
    let lengths = lengths(contract.length, count, generator.random());
    let sections = lengths.into_iter().enumerate().map(|(place, length)| {
        let points = share(&contract.points, place, count);
        let heading = match contract.headings.get(place) {
            Some(fixed) => fixed.clone(),
            None => {
                let topic = Topic::new("", points.iter().map(|point| point.text.as_str()));
                let has_words = topic.words().next().is_some();
                generator.set_topic(if has_words { topic } else { chapter.clone() });
                generator.generate_new("heading", &mut headings)
            }
        };
        let beats = (0..BEATS).map(|_| generator.generate("heading")).collect();
        let [begins, ends] = [(); 2].map(|()| generator.generate("heading"));
        Section {
            heading,
            points: points.iter().map(|point| point.id.clone()).collect(),
            length,
            beats,
            example: generator.generate_new("domain", &mut examples),
            begins,
            opens: generator.generate_new("opening-move", &mut openings),
            ends,
            closes: generator.generate_new("closing-move", &mut closings),
        }
    });
    Brief { sections: sections.collect() }
}

fn share(points: &[Point], place: usize, count: usize) -> &[Point] {
    &points[place * points.len() / count..(place + 1) * points.len() / count]
}

/// Divides a length into parts of slightly different sizes that add up to it.
fn lengths(length: u32, count: usize, random: &mut Random) -> Vec<u32> {
    const UNEVENNESS: f64 = 0.1;
    let weights: Vec<f64> = (0..count).map(|_| 1.0 + UNEVENNESS * (2.0 * random.fraction() - 1.0)).collect();
    let total: f64 = weights.iter().sum();
    let mut before = 0.0;
    let mut divided = 0;
    let part = |weight: f64| {
        before += weight;
        let until = (f64::from(length) * before / total).round() as u32;
        let part = until - divided;
        divided = until;
        part
    };
    weights.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    fn make_brief(sections: u32, headings: &[&str], points: usize) -> Brief {
        let contract = BriefContract {
            language: "en".to_owned(),
            chapter: 3,
            title: "How leases end".to_owned(),
            length: 2611,
            sections,
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            points: (1..=points)
                .map(|point| Point { id: format!("3.{point}"), text: "A lease ends when its worker dies".to_owned() })
                .collect(),
        };
        let seed = CallSeed { server: 1, prompt: [0; 32], attempt: 1 };
        brief(&contract, seed.random("text"))
    }

    #[test]
    fn lengths_add_up_and_every_point_occurs_once_in_order() {
        for (sections, points) in [(1, 0), (1, 7), (4, 3), (5, 5), (9, 2), (3, 11)] {
            let brief = make_brief(sections, &[], points);
            let total: u32 = brief.sections.iter().map(|section| section.length).sum();
            assert_eq!(total, 2611);
            let ids: Vec<_> = brief.sections.iter().flat_map(|s| s.points.clone()).collect();
            let expected: Vec<_> = (1..=points).map(|point| format!("3.{point}")).collect();
            assert_eq!(ids, expected);
        }
    }

    #[test]
    fn fixed_headings_are_kept_and_the_others_are_distinct_and_on_topic() {
        let brief = make_brief(30, &["Fixed", "And fast"], 4);
        let headings: Vec<_> = brief.sections.iter().map(|s| s.heading.clone()).collect();
        assert_eq!(headings[..2], ["Fixed", "And fast"]);
        let distinct: std::collections::HashSet<_> = headings.iter().collect();
        assert_eq!(distinct.len(), 30);
        let related = |heading: &&String| {
            let heading = heading.to_lowercase();
            ["lease", "ends", "worker", "dies"].iter().any(|word| heading.contains(word))
        };
        assert_eq!(headings[2..].iter().filter(related).count(), 28);
    }
}
