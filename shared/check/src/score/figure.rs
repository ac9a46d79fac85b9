//! What a figure is.

use super::{
    band::{Range, Scale, Verdict},
    subject::{Measured, Subject},
};

/// A figure, as it is defined.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What is counted.
    pub(super) means: &'static str,
    pub(super) unit: &'static str,
    pub(super) measure: fn(&Subject<'_>) -> Measured,
    pub(super) scale: Scale,
    pub(super) human: Option<Range>,
    pub(super) machine: Option<Range>,
    /// Whether its bands hold in every language, and not in English alone.
    pub(super) judged_in_every_language: bool,
    /// The verdict in a sentence, where it is good.
    pub(super) good: &'static str,
    /// The verdict in a sentence, where it is not.
    pub(super) bad: &'static str,
}

impl Figure {
    /// Returns the mark of a value, from 0 to 100; `None` where the figure only describes.
    pub(super) fn mark(&self, value: f64) -> Option<u32> {
        self.scale.mark(value)
    }

    /// Returns a verdict in a sentence.
    pub(super) fn says(&self, value: Option<f64>, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Good => self.good,
            Verdict::Fair | Verdict::Poor => self.bad,
            Verdict::Unjudged if value.is_none() => {
                "Not measured: the book is too short for it, or in a language that it is not made for."
            }
            Verdict::Unjudged => "Not judged: it describes the book, or its bands hold for English alone.",
        }
    }
}
