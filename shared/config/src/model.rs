//! Settings of model calls.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ModelName, duration};
use bindery_model::Timers;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// The most calls that one process may have under way: each takes a connection.
pub(super) const MOST_CALLS: u16 = 20_000;

/// Which model writes, and the bounds of its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSettings {
    /// The model.
    pub name: Option<ModelName>,
    /// Calls under way at once; unset, it follows from the provider.
    pub calls: Option<u32>,
    /// A longer wait for the provider parks the task.
    #[serde(with = "duration")]
    pub park_after: Duration,
    /// Prices to use instead of the built-in ones.
    pub prices_file: Option<PathBuf>,
    /// How long each stage of a call may take.
    pub timers: Timers,
}

impl ModelSettings {
    /// Returns the model of books that name none: the configured one, or else the stand-in's.
    pub fn name_or_stand_in(&self) -> String {
        self.name.as_ref().map_or_else(|| "stand-in:prose".to_owned(), ToString::to_string)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(calls) = self.calls {
            problems.within("model.calls", calls, 1..=u32::from(MOST_CALLS));
        }
        problems.lasts("model.park_after", self.park_after, MILLISECOND..=HOUR);
        problems.lasts("model.timers.connect", self.timers.connect, MILLISECOND..=HOUR);
        problems.lasts("model.timers.first_token", self.timers.first_token, MILLISECOND..=HOUR);
        problems.lasts("model.timers.first_token_slow", self.timers.first_token_slow, MILLISECOND..=HOUR);
        problems.lasts("model.timers.idle", self.timers.idle, MILLISECOND..=HOUR);
        problems.lasts("model.timers.settle", self.timers.settle, MILLISECOND..=HOUR);
    }
}
