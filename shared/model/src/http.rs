//! A model server over HTTP: sends one call in its dialect, and turns the response into a proven completion or a
//! classified error.

use std::{
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage};
use futures_util::StreamExt;
use reqwest::{
    Client, ClientBuilder, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tracing::Instrument;

use crate::{
    Call, CallError, CallErrorKind, Completion, Model, OnText, UsedTokens, classify, page, prompt_cut,
    stream::{EventDecoder, PartialCompletion, StreamReader},
    timers::{CallTimer, Timers},
};

/// The request to a model that has reached its limit in the middle of a text.
pub(crate) const CONTINUE: &str = "Go on exactly where your text stops, with its next word. \
    Write only what follows: repeat nothing, and add no greeting, comment or mark.";

/// How much of an error body is read.
const LONGEST_ERROR: usize = 64 << 10;

/// The bytes that a stream may take beyond its tokens, and for each token with the JSON around it.
const STREAM_BASE: u64 = 1 << 20;
const STREAM_PER_TOKEN: u64 = 2 << 10;

/// How long an idle connection is kept for reuse.
///
/// Uvicorn, and so vLLM, closes one after 5 s, the shortest time in use. A connection that is kept longer would now and
/// then be closed just as a call is sent.
const IDLE_CONNECTION_KEPT: Duration = Duration::from_secs(4);

/// How often an HTTP/2 connection with a call is pinged, and how soon it must answer.
///
/// A balancer may forget a connection without closing it. All calls to a provider share one connection, and so would be
/// lost on it, one after another.
const PINGS: Pings = Pings { every: Duration::from_secs(10), answered_within: Duration::from_secs(10) };

/// The pings of an HTTP/2 connection.
#[derive(Clone, Copy)]
struct Pings {
    every: Duration,
    answered_within: Duration,
}

/// The requests and responses of one dialect.
pub(crate) trait WireFormat: Send + Sync {
    /// Returns the path of the endpoint below the provider's base URL.
    fn path(&self) -> &'static str;

    /// Returns the request body of a call.
    fn body(&self, call: &Call, max_tokens: u32) -> Value;

    /// Returns a decoder for the response.
    fn decoder(&self) -> Box<dyn EventDecoder>;
}

/// A model on a server.
pub(crate) struct Server {
    pub(crate) name: ModelName,
    pub(crate) client: Client,
    pub(crate) url: Url,
    /// The headers of each call. The key among them is marked as sensitive.
    pub(crate) headers: HeaderMap,
    /// The key, which is struck out of the server's messages.
    pub(crate) key: Option<SecretString>,
    pub(crate) format: Box<dyn WireFormat>,
    pub(crate) timers: Timers,
    /// How long the first token may take.
    pub(crate) first_token: Duration,
    pub(crate) reasoning_tokens: u32,
    /// Whether a call was answered, and so the address and the key are right.
    pub(crate) has_answered: AtomicBool,
    /// Whether the user was told that the server cuts prompts.
    pub(crate) told_of_cut: AtomicBool,
}

#[async_trait]
impl Model for Server {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let span = tracing::debug_span!(
            "model_call",
            provider = self.name.provider(),
            model = self.name.model(),
            attempt = call.attempt,
        );
        let answer = self.exchange(call, progress).instrument(span.clone()).await;
        span.in_scope(|| report(&answer));
        answer
    }

    fn reasoning_tokens(&self) -> u32 {
        self.reasoning_tokens
    }
}

impl Server {
    async fn exchange(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let max_tokens = call.max_tokens.saturating_add(self.reasoning_tokens);
        let mut timer = CallTimer::start(&self.timers, self.first_token, call.cap);
        let response = self.send(call, max_tokens, &timer).await?;
        let mut reader = StreamReader::new(self.format.decoder(), &mut timer, progress);
        let limit = STREAM_BASE + STREAM_PER_TOKEN * u64::from(max_tokens);
        let bytes = response.bytes_stream().map(|chunk| chunk.map_err(|error| CallErrorKind::Connection(cause(error))));
        let outcome = reader.read(bytes, limit).await;
        let is_page = reader.is_page();
        let (partial, first_token) = (reader.partial, reader.first_token);
        let reserved = Usage { input: call.estimated_input(), output: u64::from(max_tokens), ..Usage::default() };
        match outcome {
            Ok(()) => {
                let reported = partial.usage;
                let completion = conclude(partial, reserved, first_token, &timer)?;
                self.has_answered.store(true, Ordering::Relaxed);
                self.check_prompt(call, reported)?;
                Ok(completion)
            }
            // A page from a server that has answered before passes, like a bad gateway.
            Err(CallErrorKind::Truncated(detail)) if is_page && self.has_answered.load(Ordering::Relaxed) => {
                Err(CallErrorKind::Overloaded { status: 200, retry_after: None, detail }.into())
            }
            Err(kind) => Err(self.interrupted(kind, &timer)),
        }
    }

    /// Fails the first call whose prompt the server has cut, so that the user hears of it. Later texts are taken as they
    /// are, because another try would have the same prompt.
    fn check_prompt(&self, call: &Call, usage: Option<Usage>) -> Result<(), CallError> {
        let Some(usage) = usage else {
            return Ok(());
        };
        match prompt_cut::complaint(&self.name, call, &usage) {
            Some(complaint) if !self.told_of_cut.swap(true, Ordering::Relaxed) => {
                tracing::warn!(model = %self.name, "{complaint}");
                Err(CallError { kind: CallErrorKind::PromptCut(complaint), used: UsedTokens::Known(usage) })
            }
            _ => Ok(()),
        }
    }

    /// Sends the call and returns the response if its status is a success.
    async fn send(&self, call: &Call, max_tokens: u32, timer: &CallTimer) -> Result<Response, CallError> {
        let body = self.format.body(call, max_tokens).to_string();
        let request = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-bindery-try", call.attempt)
            .body(body);
        let sent = timer.within(request.send()).await;
        let sent = sent.map_err(|kind| CallError { kind, used: UsedTokens::Prompt })?;
        let response = sent.map_err(|error| {
            let used = if error.is_connect() { UsedTokens::Nothing } else { UsedTokens::Prompt };
            let kind = CallErrorKind::Connection(cause(error));
            CallError { kind, used }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = self.error_body(response, timer).await;
        let kind = classify::response(status.as_u16(), &headers, &body);
        Err(match kind {
            // The server's own errors are JSON. A proxy before it sends a page for a while.
            CallErrorKind::BadRequest { status: status @ (400..=405 | 407), detail }
                if page::is_page(&body) && self.has_answered.load(Ordering::Relaxed) =>
            {
                CallErrorKind::Overloaded { status, retry_after: None, detail }.into()
            }
            CallErrorKind::BadKey(detail) if page::is_page(&body) && self.has_answered.load(Ordering::Relaxed) => {
                CallErrorKind::Overloaded { status: status.as_u16(), retry_after: None, detail }.into()
            }
            kind => kind.into(),
        })
    }

    /// Reads an error body as far as it arrives, without the key that it may repeat.
    async fn error_body(&self, response: Response, timer: &CallTimer) -> String {
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while body.len() < LONGEST_ERROR
            && let Ok(Some(Ok(chunk))) = timer.within(chunks.next()).await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(LONGEST_ERROR);
        self.without_key(String::from_utf8_lossy(&body).into_owned())
    }

    fn without_key(&self, text: String) -> String {
        match &self.key {
            Some(key) => text.replace(key.expose_secret(), "***"),
            None => text,
        }
    }

    /// Returns the error of a stream that broke before its finish reason.
    ///
    /// Before the first token, an error event costs what its kind costs, and any other end costs the prompt. After the
    /// first token, the worst is assumed.
    fn interrupted(&self, kind: CallErrorKind, timer: &CallTimer) -> CallError {
        let kind = match kind {
            CallErrorKind::BadRequest { status, detail } => {
                CallErrorKind::BadRequest { status, detail: self.without_key(detail) }
            }
            CallErrorKind::BadKey(detail) => CallErrorKind::BadKey(self.without_key(detail)),
            CallErrorKind::OutOfMoney(detail) => CallErrorKind::OutOfMoney(self.without_key(detail)),
            CallErrorKind::Truncated(detail) => CallErrorKind::Truncated(self.without_key(detail)),
            CallErrorKind::Refused(detail) => CallErrorKind::Refused(self.without_key(detail)),
            CallErrorKind::RateLimited { retry_after, detail } => {
                CallErrorKind::RateLimited { retry_after, detail: self.without_key(detail) }
            }
            CallErrorKind::Overloaded { status, retry_after, detail } => {
                CallErrorKind::Overloaded { status, retry_after, detail: self.without_key(detail) }
            }
            other => other,
        };
        let mut error = CallError::from(kind);
        if !timer.awaits_first_token() {
            error.used = UsedTokens::Unknown;
        } else if error.used == UsedTokens::Unknown {
            error.used = UsedTokens::Prompt;
        }
        error
    }
}

/// Turns a stream with a finish reason into a completion, or into the error that the reason stands for.
fn conclude(
    partial: PartialCompletion,
    reserved: Usage,
    first_token: Option<Duration>,
    timer: &CallTimer,
) -> Result<Completion, CallError> {
    // Without a finish reason the usage does not count: some servers send with every chunk what was used up to it.
    let finish = partial.finish.ok_or_else(|| CallError {
        kind: CallErrorKind::Truncated("the stream ended without a finish reason".to_owned()),
        used: if timer.awaits_first_token() { UsedTokens::Prompt } else { UsedTokens::Unknown },
    })?;
    let used = partial.usage.map_or(UsedTokens::Unknown, UsedTokens::Known);
    let finish = finish.map_err(|kind| CallError { kind, used })?;
    Ok(Completion {
        text: partial.text,
        finish,
        usage: partial.usage.unwrap_or(reserved),
        first_token: first_token.unwrap_or_else(|| timer.elapsed()),
        elapsed: timer.elapsed(),
    })
}

/// Returns the root cause of a connection error. The error itself would name the URL.
pub(crate) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    classify::detail(&cause.to_string())
}

fn report(answer: &Result<Completion, CallError>) {
    match answer {
        Ok(answer) => tracing::debug!(
            finish = ?answer.finish,
            input_tokens = answer.usage.input,
            cached_tokens = answer.usage.cached,
            output_tokens = answer.usage.output,
            first_token_ms = milliseconds(answer.first_token),
            elapsed_ms = milliseconds(answer.elapsed),
            "call answered"
        ),
        // The server's message may quote the prompt.
        Err(error) => tracing::debug!(class = error.kind.class(), "call failed"),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a client for the server at this URL.
///
/// It follows no redirects, which would carry the key along, and uses no proxy to reach this machine.
pub(crate) fn client(url: &Url, timers: &Timers) -> Result<Client, reqwest::Error> {
    bindery_tls::use_ring();
    builder(url, timers, PINGS).build()
}

fn builder(url: &Url, timers: &Timers, pings: Pings) -> ClientBuilder {
    let client = Client::builder()
        .user_agent(concat!("bindery/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timers.connect)
        .tcp_keepalive(Duration::from_secs(30))
        .http2_keep_alive_interval(pings.every)
        .http2_keep_alive_timeout(pings.answered_within)
        .pool_idle_timeout(IDLE_CONNECTION_KEPT)
        .redirect(redirect::Policy::none());
    if on_loopback(url) { client.no_proxy() } else { client }
}

/// Returns whether a URL leads to this machine.
pub(crate) fn on_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the value of a header that no log may show; `None` where it cannot be sent.
pub(crate) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests;
