//! What the API needs of the role that takes submissions in: the same reading of a submission, and the same estimate.

use std::time::Duration;

use async_trait::async_trait;
use bindery_domain::Micros;
use bindery_ledger::Request;
use bindery_outline::Reading;
use bindery_protocol::submission::Submission;
use bindery_store::StoreError;

/// Reads submissions as a dispatcher does.
#[async_trait]
pub trait Reception: Send + Sync {
    /// Makes the request that a tenant's submission means.
    async fn read(&self, tenant: &str, submission: &Submission) -> Result<ReadOrder, ReceptionError>;

    /// Returns all faults of the parts of a submission that could be read.
    async fn faults(&self, readable: &Submission) -> Vec<String>;

    /// Estimates what a request takes.
    async fn estimate(&self, request: &Request) -> Result<Estimate, ReceptionError>;
}

/// A submission as it was read.
pub struct ReadOrder {
    /// The request that it means.
    pub request: Request,
    /// How its outline was read; `None` where the outline is still to be made from a topic.
    pub reading: Option<Reading>,
}

/// Why a submission cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionError {
    /// It has these faults.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a book takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The number of model calls if none has to be repeated.
    pub calls: u64,
    /// The number of calls that are likely to be repeated or added.
    pub repeated_calls: u64,
    /// The likely number of prompt tokens.
    pub input_tokens: u64,
    /// The likely number of output tokens.
    pub output_tokens: u64,
    /// The time from the first call to the last.
    pub time: Duration,
    /// The cost; `None` where the price of a model is not known.
    pub cost: Option<EstimatedCost>,
}

/// What a book may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EstimatedCost {
    /// What is likely.
    pub likely: Micros,
    /// What it costs at most.
    pub at_most: Micros,
    /// The smallest budget that cannot stall.
    pub smallest_budget: Micros,
}
