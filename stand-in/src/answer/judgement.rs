//! A judgement of a chapter: the points that it leaves out.

use serde::Serialize;

use crate::{contract::JudgementContract, prose::Topic};

#[derive(Serialize)]
pub(super) struct Judgement {
    missed: Vec<String>,
}

/// Judges the text that a request quotes. A point is left out where the text below the headings lacks one of its words.
pub(super) fn judgement(contract: &JudgementContract, request: &str) -> Judgement {
    let quoted = request.split_once("<chapter>").map_or("", |(_, quoted)| quoted);
    let lines = quoted.split("</chapter>").next().unwrap_or_default().lines();
    let text = lines.filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n").to_lowercase();
    let is_missed = |words: &Topic| words.words().any(|word| !text.contains(&word.to_lowercase()));
    let missed = contract.points.iter().filter(|point| is_missed(&Topic::new("", [point.text.as_str()])));
    Judgement { missed: missed.map(|point| point.id.clone()).collect() }
}
