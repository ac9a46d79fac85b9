//! The units of lengths.

use serde::{Deserialize, Serialize};

/// The lengths that a chapter may have, in words or characters.
pub const CHAPTER_LENGTHS: std::ops::RangeInclusive<u32> = 20..=50_000;

/// What a length is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Words, which are found by the rules of Unicode's annex 29 or in a dictionary.
    Words,
    /// Characters, for Japanese and Chinese.
    Characters,
}

impl Unit {
    /// Returns the unit's name in English, for prompts and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Characters => "characters",
        }
    }
}
