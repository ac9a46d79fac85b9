//! The model port: one streamed completion per call, with usage, proof of completion and classified errors.
//!
//! [`connect`] picks the dialect by the provider's name. [`Caller`] is what the roles hold: it adds the
//! permits, the provider's breaker, the chapter's allowance, and bounded continuation on top of one [`Model`].

mod allowance;
mod anthropic;
mod base_url;
mod breaker;
mod caller;
mod classify;
mod connect;
mod continuation;
mod discover;
mod events;
#[cfg(test)]
mod fake;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod http;
mod models;
mod openai;
mod permits;
mod price;
mod provider;
mod reasoning;
mod retry_after;
mod stats;
mod stream;
mod think;
mod timers;

use std::time::Duration;

use async_trait::async_trait;
use bindery_domain::{TraceParent, Usage, estimate_tokens};

pub use allowance::{Allowance, Reservation};
pub use base_url::{BaseUrl, BaseUrlError};
pub use breaker::{Breaker, BreakerSettings};
pub use caller::{Answer, CallFailure, Caller, CallerSettings, Line, Spending};
pub use connect::{ConnectError, Environment, connect};
pub use discover::{Discovered, discover};
pub use models::{Models, ModelsError, WrapModel};
pub use permits::{Permit, Permits};
pub use price::{Price, PriceError, Prices};
pub use provider::{Dialect, Provider, ProviderSettings, Providers, Settings};
pub use stats::CallerStats;
pub use timers::Timers;

/// Hears each piece of a text as it arrives.
///
/// The name matters: written out in an `async_trait` method, the reference would get a lifetime of the method's.
pub type OnText<'a> = dyn FnMut(&str) + Send + 'a;

/// A model server, spoken to in one of its dialects.
#[async_trait]
pub trait Model: Send + Sync {
    /// Makes one streamed completion. `progress` hears each piece of text as it arrives, reasoning left out.
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, Fault>;

    /// Returns how many output tokens a call may use beyond its `max_tokens`, to reason.
    fn reasoning_room(&self) -> u32 {
        0
    }
}

/// One call: what is asked, and the bounds it runs under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The book part: first in the prompt and byte-identical for every call of a book, so that servers cache it.
    pub prefix: String,
    /// The chapter's slice of the context: the same for every call of a chapter.
    pub slice: String,
    /// What this call must write, ending in its contract block.
    pub request: String,
    /// Text the model has already written to this request and is to continue.
    pub continued: Option<String>,
    /// Whether the answer is to be one JSON object.
    pub json: bool,
    /// Output tokens allowed for the text itself.
    pub max_tokens: u32,
    /// The number of this try among all that its part takes, from 1: sent as the header `x-bindery-try`, so that a rehearsal can answer another text.
    pub attempt: u32,
    /// The longest the whole call may take.
    pub cap: Duration,
    /// Where in a trace the call is made; none where nothing is traced. Nothing of it is sent.
    pub place: Option<TraceParent>,
}

/// What the roles and turns of a prompt take beyond its text, in tokens.
const FRAME_TOKENS: u64 = 64;

impl Call {
    /// Estimates the tokens of the prompt, rather too many than too few.
    fn estimated_input(&self) -> u64 {
        let continued = self.continued.as_deref().unwrap_or_default();
        let texts = [self.prefix.as_str(), &self.slice, &self.request, continued];
        texts.into_iter().map(estimate_tokens).sum::<u64>() + FRAME_TOKENS
    }
}

/// A proven completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text, reasoning left out.
    pub text: String,
    /// Why the model stopped.
    pub finish: Finish,
    /// What the server says was used, or what was reserved when it says nothing.
    pub usage: Usage,
    /// From sending to the first piece of text.
    pub first_token: Duration,
    /// From sending to the terminal event.
    pub elapsed: Duration,
}

/// Why a model stopped, among the reasons that count as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It said all it had to say.
    Stop,
    /// It reached `max_tokens`: the text is cut and may be continued.
    Length,
}

/// A call that failed, and what it cost all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Fault {
    /// How the call failed.
    pub error: CallError,
    /// What the failed call used.
    pub spent: Spent,
}

/// What a failed call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// Nothing: the provider took no work on.
    Nothing,
    /// What the server said.
    Known(Usage),
    /// Perhaps all that the call was allowed to use: the server did not get to say.
    Unknown,
}

impl From<CallError> for Fault {
    /// Charges nothing for the classes that come before any work, and assumes the worst for the others.
    fn from(error: CallError) -> Self {
        let spent = match error {
            CallError::RateLimited { .. }
            | CallError::Overloaded { .. }
            | CallError::BadRequest { .. }
            | CallError::BadKey(_)
            | CallError::OutOfMoney(_) => Spent::Nothing,
            CallError::Connection(_) | CallError::Truncated(_) | CallError::Refused(_) => Spent::Unknown,
        };
        Self { error, spent }
    }
}

/// How a call failed; the class decides what happens next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Too many requests or tokens: wait, uncharged.
    #[error("the provider limits the rate{}", after(.retry_after))]
    RateLimited {
        /// The server's own floor for the next call.
        retry_after: Option<Duration>,
    },
    /// The server is overloaded or broken for the moment (5xx, 529).
    #[error("the provider is overloaded ({status}){}", after(.retry_after))]
    Overloaded {
        /// The HTTP status, or the one that an error inside the stream stands for.
        status: u16,
        /// The server's own floor for the next call.
        retry_after: Option<Duration>,
    },
    /// The connection could not be made, timed out or broke.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The stream ended without proof that the text is whole.
    #[error("the answer was cut: {0}")]
    Truncated(String),
    /// The model or a filter refused to write this.
    #[error("the model refused: {0}")]
    Refused(String),
    /// The request can never succeed as it is.
    #[error("the provider rejects the request ({status}): {detail}")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// What the server said.
        detail: String,
    },
    /// The key is wrong or has no right to this model.
    #[error("the provider rejects the key: {0}")]
    BadKey(String),
    /// The account has no money left.
    #[error("the account with the provider is out of money: {0}")]
    OutOfMoney(String),
}

impl CallError {
    /// The names of all classes.
    pub const CLASSES: [&str; 8] =
        ["rate_limited", "overloaded", "connection", "truncated", "refused", "bad_request", "bad_key", "out_of_money"];

    /// Returns the name of the class, for logs and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded { .. } => "overloaded",
            Self::Connection(_) => "connection",
            Self::Truncated(_) => "truncated",
            Self::Refused(_) => "refused",
            Self::BadRequest { .. } => "bad_request",
            Self::BadKey(_) => "bad_key",
            Self::OutOfMoney(_) => "out_of_money",
        }
    }

    /// Returns whether the same request may succeed a moment later.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Overloaded { .. } | Self::Connection(_) | Self::Truncated(_))
    }
}

fn after(floor: &Option<Duration>) -> String {
    floor.map(|wait| format!("; retry after {:.1} s", wait.as_secs_f64())).unwrap_or_default()
}
