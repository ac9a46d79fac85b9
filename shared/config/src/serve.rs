//! Settings of `bindery serve`.

use std::{net::SocketAddr, time::Duration};

use bindery_domain::duration;
use bindery_protocol::tenant::{MAX_TENANT_BYTES, encoded};
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How the processes of a fleet serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServeSettings {
    /// How long a process may go on working after it is asked to stop.
    #[serde(with = "duration")]
    pub grace: Duration,
    /// How many open books there may be before no more are accepted.
    pub max_open_books: u32,
    /// How many open books one tenant may have.
    pub max_open_books_per_tenant: u32,
    /// Whether a submission is answered only once the store has its book on disk.
    pub wait_for_disk: bool,
    /// The address that serves metrics and probes; unset, nothing serves them.
    pub admin: Option<SocketAddr>,
    /// The tenant of submissions without a validated user; unset, they are refused.
    pub tenant: Option<String>,
}

impl ServeSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_duration("serve.grace", self.grace, Duration::ZERO..=Duration::from_secs(3_600));
        problems.check_range("serve.max_open_books", self.max_open_books, 1..=1_000_000);
        problems.check_range("serve.max_open_books_per_tenant", self.max_open_books_per_tenant, 1..=1_000_000);
        let Some(tenant) = &self.tenant else { return };
        if tenant.is_empty() || tenant.chars().any(char::is_control) {
            problems.add("serve.tenant", "must be a name without control characters");
        }
        let bytes = encoded(tenant).len();
        if bytes > MAX_TENANT_BYTES {
            let message = format!("has {bytes} bytes in a routing key, and may have {MAX_TENANT_BYTES}");
            problems.add("serve.tenant", message);
        }
    }
}
