//! A judgement of a chapter: the points that it leaves out.

use serde::Serialize;

use crate::{contract::JudgementContract, prose::Topic};

#[derive(Serialize)]
pub(super) struct Judgement {
    missed: Vec<String>,
}

/// Judges the text that a request quotes. A point is left out where the text lacks one of its words.
pub(super) fn judgement(contract: &JudgementContract, request: &str) -> Judgement {
    let quoted = request.split_once("<chapter>").map_or("", |(_, quoted)| quoted);
    let text = quoted.split("</chapter>").next().unwrap_or_default().to_lowercase();
    let is_missed = |words: &Topic| words.words().any(|word| !text.contains(&word.to_lowercase()));
    let missed = contract.points.iter().filter(|point| is_missed(&Topic::new("", [point.text.as_str()])));
    Judgement { missed: missed.map(|point| point.id.clone()).collect() }
}
