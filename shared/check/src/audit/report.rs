//! What an audit leaves behind: its findings, and the repairs that it orders.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Finding, Rules, repairs};

/// The findings of an audit, as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// What every mended text has to keep.
    #[serde(default)]
    pub rules: Rules,
}

/// A repair of one chapter in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repair {
    /// The round, from 1.
    pub round: u16,
    /// The chapter's number.
    pub chapter: u32,
}

impl AuditReport {
    /// Makes the report of an audit that only tells what it has found.
    pub fn told(findings: Vec<Finding>) -> Self {
        Self { findings, rules: Rules::default() }
    }

    /// Makes the report of an audit that has the worst of its findings mended.
    ///
    /// `sections` is the number of all sections of the book. `repairable` says of a chapter and one of its sections, both from 1,
    /// whether it may be rewritten.
    pub fn with_repairs(mut findings: Vec<Finding>, sections: usize, repairable: impl Fn(u32, u32) -> bool) -> Self {
        repairs::order(&mut findings, sections, repairable);
        Self { findings, rules: Rules::default() }
    }

    /// Adds what the mended texts have to keep.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Returns the repairs that are ordered, each once.
    pub fn repairs(&self) -> BTreeSet<Repair> {
        let ordered = |finding: &Finding| Some(Repair { round: finding.round?, chapter: finding.place.chapter });
        self.findings.iter().filter_map(ordered).collect()
    }

    /// Returns what a repair has to mend.
    pub fn of(&self, repair: Repair) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.round == Some(repair.round) && finding.place.chapter == repair.chapter)
    }
}
