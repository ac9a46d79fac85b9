//! Settings of the stand-in, the built-in model server of rehearsals.

use std::time::Duration;

use bindery_domain::duration;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const TEN_MINUTES: Duration = Duration::from_secs(600);

/// How the stand-in behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandInSettings {
    /// The same seed writes the same book.
    pub seed: u64,
    /// The median time to the first token.
    #[serde(with = "duration")]
    pub first_token: Duration,
    /// How fast the text of each call arrives.
    pub tokens_per_second: f64,
    /// What goes wrong, in the stand-in's own words.
    pub faults: Vec<String>,
}

impl StandInSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_duration("stand_in.first_token", self.first_token, Duration::ZERO..=TEN_MINUTES);
        problems.check_range("stand_in.tokens_per_second", self.tokens_per_second, 0.1..=1e6);
    }
}
