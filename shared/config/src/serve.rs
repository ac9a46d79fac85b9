//! Settings of `bindery serve`.

use std::{net::SocketAddr, time::Duration};

use bindery_domain::duration;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How a fleet's processes serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServeSettings {
    /// How long work may go on once the process is asked to stop.
    #[serde(with = "duration")]
    pub grace: Duration,
    /// How many books may be open at once before no more are taken in.
    pub max_open_books: u32,
    /// Where metrics and probes are served; unset, nowhere.
    pub admin: Option<SocketAddr>,
    /// Whose books those are whose submission does not say; unset, such a submission is refused.
    pub tenant: Option<String>,
}

impl ServeSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.lasts("serve.grace", self.grace, Duration::ZERO..=Duration::from_secs(3_600));
        problems.within("serve.max_open_books", self.max_open_books, 1..=1_000_000);
        if self.tenant.as_ref().is_some_and(|tenant| tenant.is_empty() || tenant.chars().any(char::is_control)) {
            problems.add("serve.tenant", "must be a name without control characters");
        }
    }
}
