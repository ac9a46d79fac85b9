//! Settings of the queue.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ServiceUrl, duration};
use bindery_queue::{Access, ManagementAccess};
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The queue that carries the tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSettings {
    /// The queue's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// The certificate authorities of the broker, in addition to those that this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// The certificate that this program shows to the broker.
    pub cert_file: Option<PathBuf>,
    /// That certificate's key.
    pub key_file: Option<PathBuf>,
    /// The broker's management API, which only `bindery doctor` asks.
    pub management_url: Option<ServiceUrl>,
    /// How long the broker may take to answer.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// How long one process may hold a message before any other may continue its task.
    #[serde(with = "duration")]
    pub hold: Duration,
}

impl QueueSettings {
    /// Returns how to reach the queue.
    pub fn access(&self) -> Access {
        let Self { url, ca_file, cert_file, key_file, management_url: _, timeout, hold: _ } = self.clone();
        Access { url, ca_file, cert_file, key_file, timeout }
    }

    /// Returns how to reach the broker's management API; `None` where its address is not set.
    pub fn management(&self) -> Option<ManagementAccess> {
        let url = self.management_url.clone()?;
        Some(ManagementAccess { url, ca_file: self.ca_file.clone(), timeout: self.timeout })
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_url("queue.url", &self.url, &["local", "amqp", "amqps"]);
        if let Some(url) = &self.management_url {
            problems.check_url("queue.management_url", url, &["http", "https"]);
        }
        if self.cert_file.is_some() != self.key_file.is_some() {
            problems.add("queue.cert_file", "needs `queue.key_file`, and the other way round");
        }
        problems.check_duration("queue.hold", self.hold, Duration::from_secs(1)..=Duration::from_secs(3_600));
        problems.check_duration("queue.timeout", self.timeout, Duration::from_secs(1)..=Duration::from_secs(300));
    }
}
