//! Settings of the queue.

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::service_url::ServiceUrl;

/// Which queue carries the tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSettings {
    /// The queue's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
}

impl QueueSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        self.url.check("queue.url", &["local"], problems);
    }
}
