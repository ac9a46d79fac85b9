//! Settings of webhooks.

use std::time::Duration;

use bindery_domain::duration;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const HOUR: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Which webhooks are called, and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSettings {
    /// Whether webhooks may be called without TLS.
    pub allow_http: bool,
    /// Whether webhooks may lie on this machine or in a private network.
    pub allow_private: bool,
    /// How long a webhook may take to answer.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// The longest wait after the first failure of a notice.
    #[serde(with = "duration")]
    pub retry_after: Duration,
    /// How long a notice is tried.
    #[serde(with = "duration")]
    pub give_up_after: Duration,
    /// How long a dead notice is kept.
    #[serde(with = "duration")]
    pub keep_dead: Duration,
}

impl WebhookSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        let second = Duration::from_secs(1);
        problems.check_duration("webhooks.timeout", self.timeout, second..=60 * second);
        problems.check_duration("webhooks.retry_after", self.retry_after, second..=HOUR);
        problems.check_duration("webhooks.give_up_after", self.give_up_after, second..=MONTH);
        problems.check_duration("webhooks.keep_dead", self.keep_dead, second..=MONTH);
    }
}
