//! Which chapters a model judges.

use serde::{Deserialize, Serialize};

/// Which chapters are judged by a model for the points that they leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judging {
    /// None.
    Off,
    /// Those with a point of which they have none of its own words, and these points alone.
    #[default]
    Flagged,
    /// Each, for all of its points.
    All,
}
