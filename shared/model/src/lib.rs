//! The model port: one streamed completion per call, with usage, proof of completion and classified errors.
//!
//! [`connect`] picks the dialect by the provider's name. The roles hold a [`ModelCaller`]. It adds the call permits, the
//! provider's breaker, the chapter's allowance, and bounded continuation on top of one [`Model`].

mod allowance;
mod anthropic;
mod base_url;
mod body;
mod breaker;
mod caller;
mod classify;
mod client;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod connect;
mod continuation;
mod discover;
mod events;
#[cfg(any(test, feature = "conformance"))]
mod fake;
mod finish_reason;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod http;
mod json_form;
mod listed_price;
mod models;
mod ollama;
mod openai;
mod output_room;
mod page;
mod permits;
mod preferred;
mod price;
mod prompt_cut;
mod proof;
mod provider;
mod reasoning;
mod reasoning_filter;
mod rejection;
mod remedy;
mod request;
mod retry_after;
mod self_report;
mod stats;
mod stream;
#[cfg(test)]
mod tests;
mod timers;
mod verdict;

use std::time::Duration;

use async_trait::async_trait;
use bindery_domain::{Micros, TraceParent, Usage, estimate_tokens};
use serde_json::Value;

pub use allowance::Allowance;
pub use base_url::{BaseUrl, BaseUrlError};
pub use caller::{Answer, CallFailure, CallerSettings, ModelCaller, Spending};
pub use connect::{ConnectError, Environment, connect};
pub use discover::{Discovered, discover};
pub use json_form::SchemaUse;
pub use models::{Models, ModelsError, WrapModel};
pub use preferred::{Preferred, StageCallers};
pub use price::{Price, PriceError, Prices, missing_price};
pub use provider::{Auth, Dialect, Provider, ProviderSettings, Providers, Settings};
pub use remedy::raise_context;
pub use self_report::SelfReport;
pub use stats::CallerStats;
pub use timers::Timers;
pub use verdict::{Rejected, Unreachable};

/// Receives each piece of a text as it arrives.
///
/// It is an alias because `async_trait` would give a reference that is written out in a method a lifetime of that method.
pub type OnText<'a> = dyn FnMut(&str) + Send + 'a;

/// A model server, reached in one of its dialects.
#[async_trait]
pub trait Model: Send + Sync {
    /// Makes one streamed completion. `progress` receives each piece of text as it arrives, without reasoning. Where the
    /// model begins to reason, it receives an empty piece.
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError>;

    /// Returns how many output tokens a call may use whose text may take this many. There may be more for reasoning.
    fn output_limit(&self, max_tokens: u32) -> u32 {
        max_tokens
    }

    /// Asks the server what it tells of itself, and keeps all later calls to that. Returns `None` if the server does not
    /// answer, so that it can be asked later.
    async fn ask_about_itself(&self) -> Option<SelfReport> {
        Some(SelfReport::default())
    }
}

/// What a call asks for, as the fields of [`Call`] with the same names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The part that many calls share.
    pub prefix: String,
    /// The part that the calls of a chapter share.
    pub slice: String,
    /// What this call must write.
    pub request: String,
    /// The schema of the answer.
    pub schema: Option<Value>,
}

impl Prompt {
    /// Makes the call for a try at a part. It continues no text, and belongs to no span yet.
    pub fn call(self, caller: &ModelCaller, attempt: u32, max_tokens: u32) -> Call {
        let Self { prefix, slice, request, schema } = self;
        let cap = caller.cap(max_tokens);
        Call { prefix, slice, request, continued: None, schema, max_tokens, attempt, cap, trace_parent: None }
    }
}

/// One call: its prompt and its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The book part: first in the prompt and byte-identical for every call of a book, so that servers cache it.
    pub prefix: String,
    /// The chapter's slice of the context: the same for every call of a chapter.
    pub slice: String,
    /// What this call must write, ending in its contract block.
    pub request: String,
    /// The text that the model has already written to this request and is to continue.
    pub continued: Option<String>,
    /// The JSON schema of the answer, where it is to be one JSON object. The server may ignore it.
    pub schema: Option<Value>,
    /// The output tokens allowed for the text itself.
    pub max_tokens: u32,
    /// The number of this try at its part, from 1. It is sent as the header `x-bindery-try`, so that a rehearsal can
    /// answer each try with another text.
    pub attempt: u32,
    /// The longest that the whole call may take.
    pub cap: Duration,
    /// The span that the call belongs to; `None` where nothing is traced. It is not sent to the server.
    pub trace_parent: Option<TraceParent>,
}

/// The tokens that the roles and turns of a prompt take beyond its text.
const FRAME_TOKENS: u64 = 64;

impl Call {
    /// Returns the schema to which a server can be held. The rest of a JSON object is none.
    fn whole_schema(&self) -> Option<&Value> {
        self.schema.as_ref().filter(|_| self.continued.is_none())
    }

    /// Estimates the tokens of the prompt, and errs on the high side.
    pub fn estimated_input(&self) -> u64 {
        let continued = self.continued.as_deref().unwrap_or_default();
        let texts = [self.prefix.as_str(), &self.slice, &self.request, continued];
        texts.into_iter().map(estimate_tokens).sum::<u64>() + FRAME_TOKENS
    }
}

/// A completion that the server has proven to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text, without reasoning.
    pub text: String,
    /// Why the model stopped.
    pub finish: Finish,
    /// What the server says was used, or what was reserved when it says nothing.
    pub usage: Usage,
    /// What the provider says that the call cost; `None` where it does not say.
    pub cost: Option<Micros>,
    /// The time from sending to the first piece of text.
    pub first_token: Duration,
    /// The time from sending to the terminal event.
    pub elapsed: Duration,
}

/// Why a model stopped, among the reasons that count as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model ended its text.
    Stop,
    /// The model reached `max_tokens`: the text is cut and may be continued.
    Length,
}

/// The error of one call to a model, with what the call used all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct CallError {
    /// How the call failed.
    pub kind: CallErrorKind,
    /// What the failed call used.
    pub used: UsedTokens,
}

/// What a failed call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedTokens {
    /// Nothing: the provider did not begin to work.
    Nothing,
    /// What the server reported.
    Known(Usage),
    /// The prompt: the server began to work, and no token came.
    Prompt,
    /// Anything up to all that the call was allowed to use: the server reported nothing.
    Unknown,
}

impl From<CallErrorKind> for CallError {
    /// Charges nothing for the kinds that come before any work, and assumes the worst for the others.
    fn from(kind: CallErrorKind) -> Self {
        let used = match kind {
            CallErrorKind::RateLimited { .. }
            | CallErrorKind::Overloaded { .. }
            | CallErrorKind::BadRequest { .. }
            | CallErrorKind::BadKey(_)
            | CallErrorKind::OutOfMoney(_) => UsedTokens::Nothing,
            CallErrorKind::Connection(_)
            | CallErrorKind::DeadConnection(_)
            | CallErrorKind::Truncated(_)
            | CallErrorKind::NoRoom(_)
            | CallErrorKind::PromptCut(_)
            | CallErrorKind::Refused(_) => UsedTokens::Unknown,
        };
        Self { kind, used }
    }
}

/// How a call failed; the kind decides what happens next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallErrorKind {
    /// There were too many requests or tokens: the call waits, and no try is charged.
    #[error("the provider limits the rate{}{}", after(.retry_after), words(.detail))]
    RateLimited {
        /// The shortest time that the server asks to wait.
        retry_after: Option<Duration>,
        /// The server's message, which may be empty.
        detail: String,
    },
    /// The server is overloaded or broken for the moment (5xx, 529).
    #[error("the provider is overloaded ({status}){}{}", after(.retry_after), words(.detail))]
    Overloaded {
        /// The HTTP status, or the one that an error inside the stream stands for.
        status: u16,
        /// The shortest time that the server asks to wait.
        retry_after: Option<Duration>,
        /// The server's message, which may be empty.
        detail: String,
    },
    /// The connection could not be made, timed out or broke.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The connection, which carried other calls before, no longer answers pings. A new one is made for the next call.
    #[error("the connection failed: {0}")]
    DeadConnection(String),
    /// The stream ended without proof that the text is whole.
    #[error("the answer was cut: {0}")]
    Truncated(String),
    /// Reasoning took the room for the text. The next call to the model has more.
    #[error("the model's reasoning took the room for its text: {0}")]
    NoRoom(String),
    /// The server read only a part of the prompt.
    #[error("{0}")]
    PromptCut(String),
    /// The model or a filter refused to write this.
    #[error("the model refused: {0}")]
    Refused(String),
    /// The request can never succeed as it is.
    #[error("the provider rejects the request ({status}): {detail}")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// The server's message.
        detail: String,
    },
    /// The key is wrong or has no right to this model.
    #[error("the provider rejects the key: {0}")]
    BadKey(String),
    /// The account has no money left.
    #[error("the account with the provider is out of money: {0}")]
    OutOfMoney(String),
}

impl CallErrorKind {
    /// The names of all classes.
    pub const CLASSES: [&str; 10] = [
        "rate_limited",
        "overloaded",
        "connection",
        "truncated",
        "no_room",
        "prompt_cut",
        "refused",
        "bad_request",
        "bad_key",
        "out_of_money",
    ];

    /// Returns the name of the kind, for logs and metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded { .. } => "overloaded",
            Self::Connection(_) | Self::DeadConnection(_) => "connection",
            Self::Truncated(_) => "truncated",
            Self::NoRoom(_) => "no_room",
            Self::PromptCut(_) => "prompt_cut",
            Self::Refused(_) => "refused",
            Self::BadRequest { .. } => "bad_request",
            Self::BadKey(_) => "bad_key",
            Self::OutOfMoney(_) => "out_of_money",
        }
    }

    /// Returns whether the same request may succeed a moment later.
    fn is_transient(&self) -> bool {
        matches!(self, Self::Overloaded { .. } | Self::Connection(_) | Self::DeadConnection(_) | Self::Truncated(_))
    }
}

fn words(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

fn after(retry_after: &Option<Duration>) -> String {
    retry_after.map(|wait| format!("; retry after {:.1} s", wait.as_secs_f64())).unwrap_or_default()
}
