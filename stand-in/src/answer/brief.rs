//! A chapter's brief: its sections with headings, points and lengths.

use serde::Serialize;

use crate::{
    contract::{BriefContract, Point},
    draw::Draw,
    prose::{Topic, Voice},
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
}

/// Makes a brief with exactly the sections asked for. The points are dealt in order, and the lengths add up.
pub(super) fn brief(contract: &BriefContract, draw: Draw) -> Brief {
    let count = usize::try_from(contract.sections).unwrap_or(usize::MAX);
    let chapter = Topic::new(&contract.title, []);
    let mut voice = Voice::new(&contract.language, chapter.clone(), draw);
    let mut headings = contract.headings.clone();
    let lengths = lengths(contract.length, count, voice.draw());
    let sections = lengths.into_iter().enumerate().map(|(place, length)| {
        let points = share(&contract.points, place, count);
        let heading = match contract.headings.get(place) {
            Some(fixed) => fixed.clone(),
            None => {
                let of_points = Topic::new("", points.iter().map(|point| point.text.as_str()));
                let has_words = of_points.words().next().is_some();
                voice.turn_to(if has_words { of_points } else { chapter.clone() });
                voice.say_anew("heading", &mut headings)
            }
        };
        Section { heading, points: points.iter().map(|point| point.id.clone()).collect(), length }
    });
    Brief { sections: sections.collect() }
}

fn share(points: &[Point], place: usize, count: usize) -> &[Point] {
    &points[place * points.len() / count..(place + 1) * points.len() / count]
}

/// Divides a length into parts of slightly different sizes that add up to it.
fn lengths(length: u32, count: usize, draw: &mut Draw) -> Vec<u32> {
    const UNEVENNESS: f64 = 0.1;
    let weights: Vec<f64> = (0..count).map(|_| 1.0 + UNEVENNESS * (2.0 * draw.unit() - 1.0)).collect();
    let all: f64 = weights.iter().sum();
    let mut before = 0.0;
    let mut given = 0;
    let part = |weight: f64| {
        before += weight;
        let until = (f64::from(length) * before / all).round() as u32;
        let part = until - given;
        given = until;
        part
    };
    weights.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Source;

    fn made(sections: u32, headings: &[&str], points: usize) -> Brief {
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
        let source = Source { seed: 1, prompt: [0; 32], attempt: 1 };
        brief(&contract, source.draw("text"))
    }

    #[test]
    fn lengths_add_up_and_every_point_comes_once_in_order() {
        for (sections, points) in [(1, 0), (1, 7), (4, 3), (5, 5), (9, 2), (3, 11)] {
            let brief = made(sections, &[], points);
            let total: u32 = brief.sections.iter().map(|section| section.length).sum();
            assert_eq!(total, 2611);
            let dealt: Vec<_> = brief.sections.iter().flat_map(|s| s.points.clone()).collect();
            let expected: Vec<_> = (1..=points).map(|point| format!("3.{point}")).collect();
            assert_eq!(dealt, expected);
        }
    }

    #[test]
    fn fixed_headings_stand_and_the_others_are_distinct_and_about_the_subject() {
        let brief = made(30, &["Fixed", "And fast"], 4);
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
