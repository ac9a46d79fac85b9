//! The targets a section is held against, and the advice for writing it again.

use std::{cmp::Ordering, ops::RangeInclusive};

use bindery_domain::Unit;
use bindery_text::length::unit;

use super::{
    Asked, SectionText,
    coverage::{self, Passage},
};

/// How far a section's length may be from what was asked.
const SECTION_RATIO: RangeInclusive<f64> = 0.80..=1.25;

/// How a text meets its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetReport {
    /// Its length against the asked one.
    pub length: LengthReport,
    /// Its points, in the order asked.
    pub points: Vec<PointScore>,
    /// Which of the points are not made.
    pub missing: Vec<usize>,
    /// From 0 to 100: two fifths length, three fifths points.
    pub score: u32,
}

/// A length against the asked one.
#[derive(Clone, Debug, PartialEq)]
pub struct LengthReport {
    /// The length asked; 0 when none was.
    pub asked: u32,
    /// The length of the text.
    pub got: u32,
    /// What both are counted in.
    pub unit: Unit,
    /// `got` by `asked`, or 1 when none was asked.
    pub ratio: f64,
    /// Whether the ratio is near enough.
    pub ok: bool,
}

/// A point, and how much of it the text holds in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointScore {
    /// The point, in the user's words.
    pub text: String,
    /// The share of its content words in the best passage, in percent.
    pub share: u32,
}

impl LengthReport {
    pub(super) fn new(got: u32, asked: &Asked<'_>, near: &RangeInclusive<f64>) -> Self {
        let ratio = if asked.length == 0 { 1.0 } else { f64::from(got) / f64::from(asked.length) };
        Self { asked: asked.length, got, unit: unit(asked.language), ratio, ok: near.contains(&ratio) }
    }

    /// Returns from 0 to 100 how near the length is; too short weighs more than too long.
    fn score(&self) -> f64 {
        let off = if self.ratio >= 1.0 { (self.ratio - 1.0) / 3.0 } else { (1.0 / self.ratio - 1.0) / 2.0 };
        100.0 * (1.0 - off).max(0.0)
    }

    /// Returns what to do about the length, when something is.
    pub(super) fn advice(&self) -> Option<String> {
        let Self { asked, got, .. } = *self;
        let unit = self.unit.name();
        match self.ratio.total_cmp(&1.0) {
            _ if self.ok => None,
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
    pub fn made(&self) -> bool {
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
    pub(super) fn new(length: LengthReport, points: Vec<PointScore>) -> Self {
        let missing: Vec<_> = (0..points.len()).filter(|&index| !points[index].made()).collect();
        let made = |point: &PointScore| f64::from(point.share.min(coverage::ENOUGH)) / f64::from(coverage::ENOUGH);
        let score = if points.is_empty() {
            length.score()
        } else {
            let covered = points.iter().map(made).sum::<f64>() / points.len() as f64;
            0.4 * length.score() + 60.0 * covered
        };
        Self { length, points, missing, score: score.round() as u32 }
    }

    /// Returns whether every target is met.
    pub fn passed(&self) -> bool {
        self.length.ok && self.missing.is_empty()
    }

    /// Returns which targets are missed, for metrics; none when every target is met.
    pub fn missed(&self) -> Option<&'static str> {
        match (self.missing.is_empty(), self.length.ok) {
            (true, true) => None,
            (true, false) => Some("length"),
            (false, true) => Some("coverage"),
            (false, false) => Some("coverage_and_length"),
        }
    }

    /// Returns what a rewrite must mend, a sentence each; nothing when every target is met.
    pub fn advice(&self) -> Vec<String> {
        let points = self.missing.iter().map(|&index| self.points[index].advice());
        points.chain(self.length.advice()).collect()
    }

    /// Ranks a text among others held against the same targets: one that meets them all stands above any that does
    /// not, then the score decides.
    pub fn rank(&self) -> u32 {
        u32::from(self.passed()) * 1_000 + self.score
    }
}

/// Holds a text against what was asked.
pub fn targets(text: &SectionText<'_>, asked: &Asked<'_>) -> TargetReport {
    let points = score_points(&[Passage { heading: "", text }], asked);
    TargetReport::new(LengthReport::new(text.length, asked, &SECTION_RATIO), points)
}

/// Scores the asked points in what is said of them.
pub(super) fn score_points(passages: &[Passage<'_>], asked: &Asked<'_>) -> Vec<PointScore> {
    let shares = coverage::shares(passages, asked.points, asked.language);
    asked.points.iter().zip(shares).map(|(text, share)| PointScore { text: text.clone(), share }).collect()
}

/// Rounds to two digits: a model does not count to the word.
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
        targets(&SectionText::read(&"tide moon ".repeat(words / 2), "en"), &asked)
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
