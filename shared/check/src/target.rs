//! The targets of a section, and the advice for writing it again.

use std::{cmp::Ordering, ops::RangeInclusive};

use bindery_domain::Unit;
use bindery_text::{ending, length::unit};

use super::{Asked, SectionText, form, repetition};

/// The allowed ratio of a section's length to the asked one.
const SECTION_RATIO: RangeInclusive<f64> = 0.80..=1.25;

/// How a text meets its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetReport {
    /// Its length against the asked one.
    pub length: LengthReport,
    /// What else could be better, in sentences: its end, its form, its repetitions.
    faults: Vec<String>,
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

impl TargetReport {
    pub(super) fn new(length: LengthReport, faults: Vec<String>) -> Self {
        Self { length, faults }
    }

    /// Returns which targets are missed, for metrics; `None` where every target is met.
    pub fn missed(&self) -> Option<&'static str> {
        match self.length.is_near {
            true => (!self.faults.is_empty()).then_some("form"),
            false => Some("length"),
        }
    }

    /// Returns a sentence on each thing that a rewrite must mend.
    pub fn advice(&self) -> Vec<String> {
        self.length.advice().into_iter().chain(self.faults.clone()).collect()
    }

    /// Returns from 0 to 100 how well the text meets its length.
    pub fn score(&self) -> u32 {
        self.length.score().round() as u32
    }
}

/// Measures a text against what was asked.
pub fn targets(text: &SectionText<'_>, asked: &Asked<'_>) -> TargetReport {
    TargetReport::new(LengthReport::new(text.length, asked, &SECTION_RATIO), faults(text, asked))
}

/// Returns what of the end, the form and the repetitions of a text could be better.
fn faults(text: &SectionText<'_>, asked: &Asked<'_>) -> Vec<String> {
    let end = ending::sign_in_blocks(text.source, &text.blocks, asked.language);
    let end = end.map(|sign| format!("It {}: give it an end.", sign.cut));
    let form = form::find(&text.blocks, asked.heading, asked.points).map(|form| form.to_string());
    let repetition = repetition::check(text).err().map(|repetition| repetition.to_string());
    [end, form, repetition].into_iter().flatten().collect()
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

    fn report(words: usize) -> TargetReport {
        let asked = Asked { language: "en", heading: "", points: &[], length: 100 };
        let words: Vec<_> = (0..words).map(|number| format!("word{number}")).collect();
        let text = if words.is_empty() { String::new() } else { format!("{}.", words.join(" ")) };
        targets(&SectionText::read(&text, "en"), &asked)
    }

    #[test]
    fn a_section_passes_from_four_fifths_to_five_quarters_of_its_length() {
        let missed = [78, 80, 124, 126].map(|words| report(words).missed());
        assert_eq!(missed, [Some("length"), None, None, Some("length")]);
    }

    #[test]
    fn the_advice_says_how_far_the_length_is_off() {
        assert_eq!(
            report(60).advice(),
            ["It has 60 words; about 100 were asked: add about 40 by going deeper into its points, not by summing up."]
        );
        assert_eq!(
            report(300).advice(),
            [
                "It has 300 words; about 100 were asked: cut about 200, asides and repetitions first, and keep every point."
            ]
        );
        assert_eq!(report(100).advice(), [""; 0]);
    }

    #[test]
    fn what_is_missed_is_named_exactly_when_there_is_advice() {
        for words in [60, 100, 300] {
            assert_eq!(report(words).missed().is_some(), !report(words).advice().is_empty());
        }
    }

    #[test]
    fn the_score_is_full_for_the_asked_length_and_falls_on_both_sides() {
        assert_eq!([100, 0].map(|words| report(words).score()), [100, 0]);
        assert!(report(90).score() > report(60).score() && report(60).score() < report(140).score());
    }
}
