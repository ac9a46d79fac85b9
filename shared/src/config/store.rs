//! Settings of the store.

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::service_url::ServiceUrl;

/// Which store holds the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSettings {
    /// The store's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
}

impl StoreSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        self.url.check("store.url", &["sqlite"], problems);
    }
}
