//! Settings of the checks of texts.

use bindery_check::Judging;
use serde::{Deserialize, Serialize};

/// How texts are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksSettings {
    /// Which chapters are judged by a model for the points that they leave out.
    pub judge: Judging,
    /// Whether a model lists the facts of each chapter, so that the audit finds those that chapters state differently.
    pub facts: bool,
}
