//! Settings of the log.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSettings {
    /// For whom lines are written.
    pub format: LogFormat,
    /// What is logged: a level, or levels by module.
    pub filter: String,
}

/// For whom log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs: one JSON object a line.
    Json,
}

impl LogSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.filter.trim().is_empty() {
            problems.add("log.filter", "is empty; write a level, like info, or `off`");
        }
    }
}
