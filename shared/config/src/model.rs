//! Settings of model calls.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ModelName, duration};
use bindery_model::Timers;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// The most calls that one process may run at once. Each takes a connection.
pub(super) const MOST_CALLS: u16 = 20_000;

/// The model that writes, and the limits of its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSettings {
    /// The model.
    pub name: Option<ModelName>,
    /// How many calls may run at once; unset, the provider decides.
    pub calls: Option<u32>,
    /// The longest wait for the provider that does not park the task.
    #[serde(with = "duration")]
    pub park_after: Duration,
    /// Whether a provider that answers none of the first calls is waited for; unset, the command decides.
    pub wait_for_provider: Option<bool>,
    /// Prices to use instead of the built-in ones.
    pub prices_file: Option<PathBuf>,
    /// How long each stage of a call may take.
    pub timers: Timers,
}

impl ModelSettings {
    /// Returns the model for books that name none: the configured one, or else the stand-in's.
    pub fn name_or_stand_in(&self) -> String {
        self.name.as_ref().map_or_else(|| "stand-in:prose".to_owned(), ToString::to_string)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(calls) = self.calls {
            problems.check_range("model.calls", calls, 1..=u32::from(MOST_CALLS));
        }
        problems.check_duration("model.park_after", self.park_after, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.connect", self.timers.connect, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.first_token", self.timers.first_token, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.first_token_slow", self.timers.first_token_slow, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.idle", self.timers.idle, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.settle", self.timers.settle, MILLISECOND..=HOUR);
    }
}
