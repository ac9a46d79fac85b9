//! Settings of the checks of texts.

use bindery_check::Judging;
use serde::{Deserialize, Serialize};

/// How texts are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksSettings {
    /// Which chapters are judged by a model for the points that they leave out.
    pub judge: Judging,
}
