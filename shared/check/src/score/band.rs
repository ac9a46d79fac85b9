//! Bands, and what a value is worth beside them.

use serde::{Deserialize, Serialize};

/// The values that books of one kind have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// Who measured it, and on what.
    pub source: String,
}

/// A band as it stands in the table of figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) source: &'static str,
}

impl From<Range> for Band {
    fn from(range: Range) -> Self {
        Self { low: range.low, high: range.high, source: range.source.to_owned() }
    }
}

/// How a value is judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scale {
    /// Less is better: the mark is 100 up to `full`, and 0 from `none` on.
    Less { full: f64, none: f64 },
    /// More is better: the mark is 100 from `full` on, and 0 down from `none`.
    More { full: f64, none: f64 },
    /// The value only describes the book.
    Described,
}

impl Scale {
    /// Returns the mark of a value, from 0 to 100.
    pub(super) fn mark(self, value: f64) -> Option<u32> {
        let share = match self {
            Self::Less { full, none } => (none - value) / (none - full),
            Self::More { full, none } => (value - none) / (full - none),
            Self::Described => return None,
        };
        // In 0 to 100 after the clamp.
        Some((share.clamp(0.0, 1.0) * 100.0).round() as u32)
    }
}

/// What a mark means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As in printed books of people.
    Good,
    /// Worse than in printed books, and better than the limit.
    Fair,
    /// Near the limit or past it.
    Poor,
    /// The figure only describes the book, or could not be measured.
    Unjudged,
}

impl Verdict {
    pub(super) fn of(mark: Option<u32>) -> Self {
        match mark {
            None => Self::Unjudged,
            Some(90..) => Self::Good,
            Some(40..) => Self::Fair,
            Some(_) => Self::Poor,
        }
    }
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", shown(self.low), shown(self.high))
    }
}

/// Returns a value with as many digits as a reader needs.
pub(super) fn shown(value: f64) -> String {
    let text = if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
