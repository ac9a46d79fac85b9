//! Settings of the log.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// What is logged, and in which form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSettings {
    /// The form of the lines.
    pub format: LogFormat,
    /// What is logged: a level, or levels by module.
    pub filter: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs: a JSON object in each line.
    Json,
}

impl LogSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.filter.trim().is_empty() {
            problems.add("log.filter", "is empty; write a level, like info, or `off`");
        }
    }
}
