//! Signed calls of the addresses that tenants name, in the form of [Standard Webhooks](https://www.standardwebhooks.com).
//!
//! Whoever may name an address could let this program call servers that only this program reaches. [`address`] therefore says
//! which addresses are called, and [`HttpSender`] connects to the very address that was looked at.

pub mod address;
mod http;
mod signature;

use std::time::Duration;

use async_trait::async_trait;

pub use self::{
    address::{AddressRules, Endpoint, EndpointFlaw},
    http::HttpSender,
    signature::{SECRET_BYTES, SecretFlaw, secret, signature},
};

/// Calls endpoints.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends a notice and returns once the endpoint has taken it.
    async fn send(&self, call: &Call) -> Result<(), SendError>;
}

/// A notice as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The address of the endpoint.
    pub url: String,
    /// The id of the notice, which is the same each time it is sent. It has no dot.
    pub id: String,
    /// When it is sent, in seconds since 1970.
    pub timestamp: u64,
    /// The content.
    pub body: String,
    /// The values of its signatures, separated by spaces.
    pub signatures: String,
}

/// Why an endpoint has not taken a notice. No variant shows an address that the caller does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The address may not be called.
    #[error("{0}")]
    Forbidden(String),
    /// No answer came.
    #[error("it could not be reached: {0}")]
    Unreachable(String),
    /// It answered that it takes none.
    #[error("it answered with the status {status}")]
    Refused {
        /// The status.
        status: u16,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// It answered that it takes none any more.
    #[error("it answered with the status 410, which says that it takes no notices any more")]
    Gone,
}

impl SendError {
    /// Returns the name of its kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::Unreachable(_) => "unreachable",
            Self::Refused { .. } => "refused",
            Self::Gone => "gone",
        }
    }
}
