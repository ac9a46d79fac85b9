//! Presets: named sets of the knobs that decide how much care a book gets, and what it costs.

use std::fmt;

use bindery_domain::Judging;
use serde::{Deserialize, Serialize};

use super::AuditMode;

/// A named set of knobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// One text of each section, as it comes.
    Draft,
    /// The defaults.
    #[default]
    Standard,
    /// Several drafts, all chapters judged, and facts compared.
    Careful,
}

/// The knobs of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knobs {
    /// Whether the chapters are read as a whole, and mended.
    pub audit: AuditMode,
    /// How many drafts of each section are written.
    pub best_of: u8,
    /// How chapters are checked.
    pub checks: BookChecks,
}

/// How the chapters of a book are checked while they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookChecks {
    /// How often a text is written again that misses its targets.
    pub rewrites: u32,
    /// Which chapters are judged for the points that they leave out.
    pub judge: Judging,
    /// Whether the facts of each chapter are listed for the audit.
    pub facts: bool,
}

impl Preset {
    /// All presets, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Standard, Self::Careful];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Standard => "standard",
            Self::Careful => "careful",
        }
    }

    /// Returns the preset of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Returns the knobs.
    pub fn knobs(self) -> Knobs {
        match self {
            Self::Draft => Knobs {
                audit: AuditMode::Report,
                best_of: 1,
                checks: BookChecks { rewrites: 0, judge: Judging::Off, facts: false },
            },
            Self::Standard => Knobs {
                audit: AuditMode::Repair,
                best_of: 1,
                checks: BookChecks { rewrites: 2, judge: Judging::Flagged, facts: false },
            },
            Self::Careful => Knobs {
                audit: AuditMode::Repair,
                best_of: 2,
                checks: BookChecks { rewrites: 2, judge: Judging::All, facts: true },
            },
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Knobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audit, best_of, checks: BookChecks { rewrites, judge, facts } } = self;
        let audit = match audit {
            AuditMode::Off => "no audit",
            AuditMode::Report => "an audit that only reports",
            AuditMode::Repair => "an audit with repairs",
        };
        let drafts = if *best_of == 1 { "draft" } else { "drafts" };
        let rewrites = match rewrites {
            0 => "no rewrites".to_owned(),
            1 => "at most 1 rewrite".to_owned(),
            several => format!("at most {several} rewrites"),
        };
        let judged = match judge {
            Judging::Off => "no chapter judged",
            Judging::Flagged => "suspect chapters judged",
            Judging::All => "each chapter judged",
        };
        let facts = if *facts { ", facts compared" } else { "" };
        write!(f, "{best_of} {drafts} of a section, {rewrites}, {judged}, {audit}{facts}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_has_one_name_and_its_knobs_are_said_in_words() {
        for preset in Preset::ALL {
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.name());
            assert_eq!(Preset::named(preset.name()), Some(preset));
        }
        assert_eq!(Preset::named("fast"), None);
        assert_eq!(
            Preset::Careful.knobs().to_string(),
            "2 drafts of a section, at most 2 rewrites, each chapter judged, an audit with repairs, facts compared"
        );
    }
}
