//! Answers the contract at the end of a prompt.

mod brief;
mod facts;
mod judgement;
mod outline;
mod plan;
mod practice;
mod repair;
mod revision;

pub(crate) use plan::SECRET_TERM;
use serde::Serialize;

use crate::{
    contract::{Contract, SectionContract, SummaryContract},
    prose::{self, ProseSpec, TextGenerator, Topic},
    random::Random,
};

/// The share of the requested length that is kept where a text leaves out a point.
const SHORT_SHARE: f64 = 0.6;

/// What prose lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    None,
    Point,
    PointAndLength,
}

/// Returns the whole answer to a request.
pub(crate) fn answer(request: &str, contract: Option<&Contract>, gap: Gap, random: Random) -> String {
    match contract {
        None => chat(random),
        Some(Contract::Outline(contract)) => json(&outline::outline(contract, random)),
        Some(Contract::Plan(contract)) => json(&plan::plan(contract, random)),
        Some(Contract::Brief(contract)) => json(&brief::brief(contract, random)),
        Some(Contract::Section(contract)) => section(contract, gap, random),
        Some(Contract::Judgement(contract)) => json(&judgement::judgement(contract, request)),
        Some(Contract::Facts(_)) => json(&facts::facts(request)),
        Some(Contract::Conflicts(contract)) => json(&facts::conflicts(contract)),
        Some(Contract::Repair(contract)) => repair::repair(contract, request, random),
        Some(Contract::Revision(contract)) => json(&revision::revision(contract, request)),
        Some(Contract::Summary(contract)) => summary(contract, request, gap, random),
    }
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("an answer holds only strings, numbers and lists")
}

fn section(contract: &SectionContract, gap: Gap, mut random: Random) -> String {
    let mut points: Vec<&str> = contract.points.iter().map(String::as_str).collect();
    let mut title = contract.heading.as_str();
    if gap != Gap::None && !points.is_empty() {
        points.remove(random.below(points.len()));
        // The heading often names the point that is left out.
        title = "";
    }
    let topic = Topic::new(title, points.iter().copied());
    let spec = ProseSpec { points: &points, length: length(contract.length, gap), unit: contract.unit };
    let mut generator = TextGenerator::new(&contract.language, topic, random);
    match contract.practice {
        Some(asked) => practice::practice(asked, &mut generator),
        None => prose::write(&mut generator, spec),
    }
}

fn summary(contract: &SummaryContract, request: &str, gap: Gap, random: Random) -> String {
    let quoted = request.rsplit_once("<contract>").map_or(request, |(quoted, _)| quoted);
    let spec = ProseSpec { points: &[], length: length(contract.length, gap), unit: contract.unit };
    let topic = Topic::new("", [quoted]);
    prose::write(&mut TextGenerator::new(&contract.language, topic, random), spec)
}

fn length(requested: u32, gap: Gap) -> usize {
    let requested = usize::try_from(requested).unwrap_or(usize::MAX);
    if gap == Gap::PointAndLength { (requested as f64 * SHORT_SHARE) as usize } else { requested }
}

/// Replies to a prompt that has no contract.
fn chat(random: Random) -> String {
    let mut generator = TextGenerator::new("en", Topic::default(), random);
    let sentence = generator.generate("sentence");
    format!("This is the stand-in, a model server for rehearsals: nothing here was thought. {sentence}")
}

/// Writes reasoning of this many tokens.
pub(crate) fn write_reasoning(request: &str, tokens: u64, random: Random) -> String {
    let mut generator = TextGenerator::new("en", Topic::new("", [request]), random);
    let mut reasoning = String::new();
    while crate::tokens::count(&reasoning) < tokens {
        reasoning.push_str(&generator.generate("sentence"));
        reasoning.push(' ');
    }
    crate::tokens::prefix(&reasoning, tokens).to_owned()
}
