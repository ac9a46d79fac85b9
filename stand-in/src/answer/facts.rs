//! The facts that a chapter states, and the pairs of them that contradict each other.

use serde::Serialize;

use crate::{contract::ConflictsContract, faults::STATED};

#[derive(Serialize)]
pub(super) struct Facts {
    facts: Vec<Fact>,
}

#[derive(Serialize)]
struct Fact {
    about: &'static str,
    what: &'static str,
    value: String,
    quote: String,
}

#[derive(Serialize)]
pub(super) struct Conflicts {
    conflicts: Vec<String>,
}

/// Lists the facts of the quoted chapter: the sentences that a fault has planted. The stand-in's own prose states none.
pub(super) fn facts(request: &str) -> Facts {
    let lines = request.lines().filter(|line| line.starts_with(STATED));
    let fact = |line: &str| {
        let value = line[STATED.len()..].split(',').next().unwrap_or_default().trim().to_owned();
        Fact { about: "the lighthouse at Wrangholm", what: "colour of the door", value, quote: line.to_owned() }
    };
    Facts { facts: lines.map(fact).collect() }
}

/// Judges pairs of statements. Two colours of the same door contradict each other.
pub(super) fn conflicts(contract: &ConflictsContract) -> Conflicts {
    let both = contract.pairs.iter().filter(|pair| pair.text.matches(STATED).count() == 2);
    Conflicts { conflicts: both.map(|pair| pair.id.clone()).collect() }
}
