//! Settings of the store.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::service_url::ServiceUrl;
use crate::{duration, store};

/// Which store holds the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSettings {
    /// The store's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// How long a server may take to answer.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// How many connections to a server each process keeps.
    pub connections: u32,
    /// The authority that a server's certificate must come from; unset, those this machine trusts.
    pub ca_file: Option<PathBuf>,
}

impl StoreSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        self.url.check("store.url", &store::SCHEMES, problems);
        if let Some(flaw) = store::flaw(&self.url).filter(|_| store::SCHEMES.contains(&self.url.scheme())) {
            problems.add("store.url", flaw);
        }
        problems.lasts("store.timeout", self.timeout, Duration::from_millis(100)..=Duration::from_secs(60));
        problems.within("store.connections", self.connections, 1..=256);
    }
}
