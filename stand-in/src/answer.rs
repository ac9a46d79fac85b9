//! What the stand-in answers: whatever the contract at the end of the prompt asks for.

mod brief;
mod outline;
mod plan;

use serde::Serialize;

use crate::{
    contract::{Contract, SectionContract, SummaryContract},
    draw::Draw,
    prose::{self, Commission, Topic, Voice},
};

/// How much of the asked length is left when a text leaves out a point.
const SHORT: f64 = 0.6;

/// Answers a request in full. `skip_point` makes prose that leaves out one point and is short.
pub(crate) fn answer(request: &str, contract: Option<&Contract>, skip_point: bool, draw: Draw) -> String {
    match contract {
        None => chat(draw),
        Some(Contract::Outline(contract)) => json(&outline::outline(contract, draw)),
        Some(Contract::Plan(contract)) => json(&plan::plan(contract, draw)),
        Some(Contract::Brief(contract)) => json(&brief::brief(contract, draw)),
        Some(Contract::Section(contract)) => section(contract, skip_point, draw),
        Some(Contract::Summary(contract)) => summary(contract, request, skip_point, draw),
    }
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("an answer holds only strings, numbers and lists")
}

fn section(contract: &SectionContract, skip_point: bool, mut draw: Draw) -> String {
    let mut points: Vec<&str> = contract.points.iter().map(String::as_str).collect();
    let mut title = contract.heading.as_str();
    if skip_point && !points.is_empty() {
        points.remove(draw.below(points.len()));
        // The heading is often made of the very point that is left out.
        title = "";
    }
    let topic = Topic::new(title, points.iter().copied());
    let commission = Commission { points: &points, length: length(contract.length, skip_point), unit: contract.unit };
    prose::write(&mut Voice::new(&contract.language, topic, draw), commission)
}

fn summary(contract: &SummaryContract, request: &str, short: bool, draw: Draw) -> String {
    let quoted = request.rsplit_once("<contract>").map_or(request, |(quoted, _)| quoted);
    let commission = Commission { points: &[], length: length(contract.length, short), unit: contract.unit };
    let topic = Topic::new("", [quoted]);
    prose::write(&mut Voice::new(&contract.language, topic, draw), commission)
}

fn length(asked: u32, short: bool) -> usize {
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    if short { (asked as f64 * SHORT) as usize } else { asked }
}

/// Replies to a prompt that has no contract.
fn chat(draw: Draw) -> String {
    let mut voice = Voice::new("en", Topic::default(), draw);
    let sentence = voice.say("sentence");
    format!("This is the stand-in, a model server for rehearsals: nothing here was thought. {sentence}")
}

/// Writes what a reasoning model mutters before it answers.
pub(crate) fn mutter(request: &str, tokens: u64, draw: Draw) -> String {
    let mut voice = Voice::new("en", Topic::new("", [request]), draw);
    let mut muttered = String::new();
    while crate::tokens::count(&muttered) < tokens {
        muttered.push_str(&voice.say("sentence"));
        muttered.push(' ');
    }
    crate::tokens::first(&muttered, tokens).to_owned()
}
