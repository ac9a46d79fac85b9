//! The model port: one streamed completion per call, with usage, proof of completion and classified errors.
//!
//! [`connect`] picks the dialect by the provider's name. [`Caller`] is what the roles hold: it adds the
//! permits, the provider's shared pause, and bounded continuation on top of one [`Model`].

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A model server, spoken to in one of its dialects.
#[async_trait]
pub trait Model: Send + Sync {
    /// Makes one streamed completion. `progress` hears each piece of text as it arrives, reasoning left out.
    async fn complete(
        &self,
        call: &Call,
        progress: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Completion, CallError>;
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
    /// The number of this try, from 1: sent as the header `x-bindery-try`, so that a rehearsal can answer another text.
    pub attempt: u32,
    /// The longest the whole call may take.
    pub cap: Duration,
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

/// Tokens used by one call or a sum of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Those of `input` that the server read from its cache.
    pub cached: u64,
    /// Output tokens, reasoning included.
    pub output: u64,
    /// Those of `output` that were reasoning.
    pub reasoning: u64,
}

/// How a call failed; the class decides what happens next.
#[derive(Debug, thiserror::Error)]
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
        /// The HTTP status, or 200 when the error came inside the stream.
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

fn after(floor: &Option<Duration>) -> String {
    floor
        .map(|wait| format!("; retry after {:.1} s", wait.as_secs_f64()))
        .unwrap_or_default()
}
