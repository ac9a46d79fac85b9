//! The targets of a section, and the advice for writing it again.

use std::{cmp::Ordering, ops::RangeInclusive};

use bindery_domain::Unit;
use bindery_text::{ending, length::unit};

use super::{
    Asked, SectionText,
    coverage::{self, Passage},
    form, language, repetition,
};

/// The allowed ratio of a section's length to the asked one.
const SECTION_RATIO: RangeInclusive<f64> = 0.80..=1.25;

/// How a text meets its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetReport {
    /// Its length against the asked one.
    pub length: LengthReport,
    /// The asked points, in order.
    points: Vec<PointScore>,
    /// What else could be better, in sentences: its end, its form, its repetitions.
    faults: Vec<String>,
    /// From 0 to 100: two fifths for the length, three fifths for the points.
    score: u32,
}

/// A length against the asked one.
#[derive(Clone, Debug, PartialEq)]
pub struct LengthReport {
    /// The asked length; 0 where none was asked.
    asked: u32,
    /// The length of the text.
    pub got: u32,
    /// The unit of both lengths.
    unit: Unit,
    /// `got` by `asked`; 1 where no length was asked.
    ratio: f64,
    /// Whether the ratio is in the allowed range.
    is_near: bool,
}

/// A point, and how much of it the text holds in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PointScore {
    /// The point, in the user's words.
    text: String,
    /// The largest share of its content words that stand close together, in percent.
    share: u32,
}

impl LengthReport {
    pub(super) fn new(got: u32, asked: &Asked<'_>, allowed: &RangeInclusive<f64>) -> Self {
        let ratio = if asked.length == 0 { 1.0 } else { f64::from(got) / f64::from(asked.length) };
        Self { asked: asked.length, got, unit: unit(asked.language), ratio, is_near: allowed.contains(&ratio) }
    }

    /// Returns from 0 to 100 how near the length is. A text that is too short loses more than one that is too long.
    fn score(&self) -> f64 {
        let off = if self.ratio >= 1.0 { (self.ratio - 1.0) / 3.0 } else { (1.0 / self.ratio - 1.0) / 2.0 };
        100.0 * (1.0 - off).max(0.0)
    }

    /// Returns what a rewrite must do about the length; `None` where the length is near enough.
    fn advice(&self) -> Option<String> {
        let Self { asked, got, .. } = *self;
        let unit = self.unit.name();
        match self.ratio.total_cmp(&1.0) {
            _ if self.is_near => None,
            Ordering::Less => Some(format!(
                "It has {got} {unit}; about {asked} were asked: add about {} by going deeper into its points, not by \
                 summing up.",
                rounded(asked - got)
            )),
            _ => Some(format!(
                "It has {got} {unit}; about {asked} were asked: cut about {}, asides and repetitions first, and keep \
                 every point.",
                rounded(got - asked)
            )),
        }
    }
}

impl PointScore {
    /// Returns whether the text makes the point.
    fn made(&self) -> bool {
        self.share >= coverage::ENOUGH
    }

    fn advice(&self) -> String {
        let text = self.text.trim();
        if self.share == 0 {
            format!("It does not make this point: {text}")
        } else {
            format!("It touches this point but does not make it in one place, in its own terms: {text}")
        }
    }
}

impl TargetReport {
    pub(super) fn new(length: LengthReport, points: Vec<PointScore>, faults: Vec<String>) -> Self {
        let covered = |point: &PointScore| f64::from(point.share.min(coverage::ENOUGH)) / f64::from(coverage::ENOUGH);
        let score = if points.is_empty() {
            length.score()
        } else {
            let covered = points.iter().map(covered).sum::<f64>() / points.len() as f64;
            0.4 * length.score() + 60.0 * covered
        };
        Self { length, points, faults, score: score.round() as u32 }
    }

    fn missing_points(&self) -> impl Iterator<Item = &PointScore> {
        self.points.iter().filter(|point| !point.made())
    }

    /// Returns whether every target is met.
    fn passed(&self) -> bool {
        self.missed().is_none()
    }

    /// Returns which targets are missed, for metrics; `None` where every target is met.
    pub fn missed(&self) -> Option<&'static str> {
        let points_missing = self.missing_points().next().is_some();
        match (points_missing, self.length.is_near) {
            (false, true) => (!self.faults.is_empty()).then_some("form"),
            (false, false) => Some("length"),
            (true, true) => Some("coverage"),
            (true, false) => Some("coverage_and_length"),
        }
    }

    /// Returns a sentence on each thing that a rewrite must mend.
    pub fn advice(&self) -> Vec<String> {
        self.missing_points().map(PointScore::advice).chain(self.length.advice()).chain(self.faults.clone()).collect()
    }

    /// Returns the text's rank among others with the same targets. A text that meets every target ranks above any that does
    /// not; among equals the score decides.
    pub fn rank(&self) -> u32 {
        u32::from(self.passed()) * 1_000 + self.score
    }
}

/// Measures a text against what was asked.
pub fn targets(text: &SectionText<'_>, asked: &Asked<'_>) -> TargetReport {
    let points = score_points(&[Passage { heading: "", text }], asked);
    TargetReport::new(LengthReport::new(text.length, asked, &SECTION_RATIO), points, faults(text, asked))
}

/// Returns what of the end, the form and the repetitions of a text could be better.
fn faults(text: &SectionText<'_>, asked: &Asked<'_>) -> Vec<String> {
    let end = ending::sign_in_blocks(text.source, &text.blocks, asked.language);
    let end = end.map(|sign| format!("It {}: give it an end.", sign.cut));
    let form = form::find(&text.blocks, asked.heading, asked.points).map(|form| form.to_string());
    let repetition = repetition::check(text).err().map(|repetition| repetition.to_string());
    [end, form, repetition].into_iter().flatten().collect()
}

/// Scores the asked points in the passages; none where they are in another language.
pub(super) fn score_points(passages: &[Passage<'_>], asked: &Asked<'_>) -> Vec<PointScore> {
    // Points in another language share no words with a text that makes them.
    if language::differs(asked.points, asked.language) {
        return Vec::new();
    }
    let shares = coverage::shares(passages, asked.points, asked.language);
    asked.points.iter().zip(shares).map(|(text, share)| PointScore { text: text.clone(), share }).collect()
}

/// Rounds a number of words or characters, for a model does not count exactly.
fn rounded(count: u32) -> u32 {
    match count {
        0..100 => count.div_ceil(10) * 10,
        _ => (count + 25) / 50 * 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(words: usize, points: &[&str]) -> TargetReport {
        let points: Vec<_> = points.iter().map(|point| (*point).to_owned()).collect();
        let asked = Asked { language: "en", heading: "", points: &points, length: 100 };
        let fresh = (2..words).map(|number| format!("word{number}"));
        let words: Vec<_> = ["tide", "moon"].map(str::to_owned).into_iter().chain(fresh).take(words).collect();
        let text = if words.is_empty() { String::new() } else { format!("{}.", words.join(" ")) };
        targets(&SectionText::read(&text, "en"), &asked)
    }

    #[test]
    fn a_section_passes_from_four_fifths_to_five_quarters_of_its_length() {
        assert!(!report(78, &[]).passed());
        assert!(report(80, &[]).passed());
        assert!(report(124, &[]).passed());
        assert!(!report(126, &[]).passed());
    }

    #[test]
    fn the_advice_names_the_length_and_every_point_that_is_missed() {
        assert_eq!(
            report(60, &["The tide follows the moon", "Harbours silt up", "The moon pulls at oceans"]).advice(),
            [
                "It does not make this point: Harbours silt up",
                "It touches this point but does not make it in one place, in its own terms: The moon pulls at oceans",
                "It has 60 words; about 100 were asked: add about 40 by going deeper into its points, not by summing up.",
            ]
        );
        assert_eq!(
            report(300, &[]).advice(),
            [
                "It has 300 words; about 100 were asked: cut about 200, asides and repetitions first, and keep every point."
            ]
        );
        assert_eq!(report(100, &["Tide and moon"]).advice(), [""; 0]);
    }

    #[test]
    fn what_is_missed_is_named_exactly_when_there_is_advice() {
        let missed = |words, points: &[&str]| {
            let report = report(words, points);
            assert_eq!(report.missed().is_some(), !report.advice().is_empty());
            report.missed()
        };
        assert_eq!(missed(100, &["Tide and moon"]), None);
        assert_eq!(missed(60, &["Tide and moon"]), Some("length"));
        assert_eq!(missed(100, &["Harbours silt up"]), Some("coverage"));
        assert_eq!(missed(300, &["Harbours silt up"]), Some("coverage_and_length"));
    }

    #[test]
    fn a_text_that_meets_its_targets_ranks_above_any_that_does_not() {
        assert!(report(90, &[]).rank() > report(60, &[]).rank());
        assert_eq!(report(90, &[]).rank(), report(90, &[]).rank());
        let (complete, exact) = (report(70, &["Tide"]), report(100, &["Tide", "Harbour"]));
        assert!(complete.rank() > exact.rank());
        let (passing, better_scored) = (report(82, &[]), report(79, &[]));
        assert!(passing.passed() && !better_scored.passed() && passing.rank() > 1_000);
    }

    #[test]
    fn the_score_is_full_for_a_text_that_meets_its_targets_exactly() {
        assert_eq!(report(100, &["Tide"]).score, 100);
        assert_eq!(report(100, &["Harbour"]).score, 40);
        assert_eq!(report(0, &["Harbour"]).score, 0);
    }
}
