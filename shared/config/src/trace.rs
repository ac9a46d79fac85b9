//! Settings of traces.

use bindery_domain::ServiceUrl;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// Where traces go, and which books are traced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceSettings {
    /// The collector of spans; unset, there are none.
    pub otlp_endpoint: Option<ServiceUrl>,
    /// The share of books that are traced.
    pub sample: f64,
}

impl TraceSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(endpoint) = &self.otlp_endpoint {
            problems.check_url("trace.otlp_endpoint", endpoint, &["http", "https"]);
        }
        problems.check_range("trace.sample", self.sample, 0.0..=1.0);
    }
}
