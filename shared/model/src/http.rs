//! A model server over HTTP: sends one call in its dialect and turns what comes back into a proven
//! completion or a classified fault.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage};
use futures_util::StreamExt;
use reqwest::{
    Client, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tracing::Instrument;

use super::{
    Call, CallError, Completion, Fault, Model, OnText, Spent, classify,
    stream::{Gathered, Listener, Reader},
    timers::{Timers, Watch},
};

/// What a model is told that has reached its limit in the middle of a text.
pub(super) const CONTINUE: &str = "Go on exactly where your text stops, with its next word. \
    Write only what follows: repeat nothing, and add no greeting, comment or mark.";

/// No error body is read further.
const LONGEST_ERROR: usize = 64 << 10;

/// What a stream may take beyond its tokens, and for each of them, with the JSON around it.
const STREAM_BASE: u64 = 1 << 20;
const STREAM_PER_TOKEN: u64 = 2 << 10;

/// How long an idle connection is reused: less than the shortest time in use that servers keep one (5 s, uvicorn's,
/// and so vLLM's), or a call would now and then meet a connection that is just being closed.
const REUSED_WITHIN: Duration = Duration::from_secs(4);

/// One dialect's way to ask.
pub(super) trait Wire: Send + Sync {
    /// Returns the path of the endpoint below the provider's base URL.
    fn path(&self) -> &'static str;

    /// Returns the body that asks for a call.
    fn body(&self, call: &Call, max_tokens: u32) -> Value;

    /// Returns a reader for the answer.
    fn reader(&self) -> Box<dyn Reader>;
}

/// A model on a server.
pub(super) struct Server {
    pub(super) name: ModelName,
    pub(super) client: Client,
    pub(super) url: Url,
    /// Sent with each call; the key among them is marked as sensitive.
    pub(super) headers: HeaderMap,
    /// Kept to strike it out of what the server says.
    pub(super) key: Option<SecretString>,
    pub(super) wire: Box<dyn Wire>,
    pub(super) timers: Timers,
    /// How long the first token may take.
    pub(super) first_token: Duration,
    pub(super) reasoning_room: u32,
}

#[async_trait]
impl Model for Server {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, Fault> {
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

    fn reasoning_room(&self) -> u32 {
        self.reasoning_room
    }
}

impl Server {
    async fn exchange(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, Fault> {
        let max_tokens = call.max_tokens.saturating_add(self.reasoning_room);
        let mut watch = Watch::start(&self.timers, self.first_token, call.cap);
        let response = self.send(call, max_tokens, &watch).await?;
        let mut listener = Listener {
            reader: self.wire.reader(),
            watch: &mut watch,
            progress,
            gathered: Gathered::default(),
            first_token: None,
        };
        let limit = STREAM_BASE + STREAM_PER_TOKEN * u64::from(max_tokens);
        let bytes = response.bytes_stream().map(|chunk| chunk.map_err(|error| CallError::Connection(cause(error))));
        let heard = listener.listen(bytes, limit).await;
        let (gathered, first_token) = (listener.gathered, listener.first_token);
        let reserved = Usage { input: call.estimated_input(), output: u64::from(max_tokens), ..Usage::default() };
        match heard {
            Ok(()) => conclude(gathered, reserved, first_token, &watch),
            Err(error) => Err(self.interrupted(error, &watch)),
        }
    }

    /// Sends the call and returns the response once it is known to be a stream.
    async fn send(&self, call: &Call, max_tokens: u32, watch: &Watch) -> Result<Response, Fault> {
        let body = self.wire.body(call, max_tokens).to_string();
        let request = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-bindery-try", call.attempt)
            .body(body);
        let response = watch.within(request.send()).await?.map_err(|error| {
            let spent = if error.is_connect() { Spent::Nothing } else { Spent::Unknown };
            let error = CallError::Connection(cause(error));
            Fault { error, spent }
        })?;
        let status = response.status();
        let content_type = response.headers().get(CONTENT_TYPE);
        let answers_whole = content_type
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.contains("json") || kind.contains("html"));
        if status.is_success() && !answers_whole {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let said = self.error_body(response, watch).await;
        Err(if status.is_success() {
            unstreamed(&said).into()
        } else {
            classify::response(status.as_u16(), &headers, &said).into()
        })
    }

    /// Reads what the server says of an error, as far as it gets, without the key it may repeat.
    async fn error_body(&self, response: Response, watch: &Watch) -> String {
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while body.len() < LONGEST_ERROR
            && let Ok(Some(Ok(chunk))) = watch.within(chunks.next()).await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(LONGEST_ERROR);
        self.without_key(String::from_utf8_lossy(&body).into_owned())
    }

    fn without_key(&self, said: String) -> String {
        match &self.key {
            Some(key) => said.replace(key.expose_secret(), "***"),
            None => said,
        }
    }

    /// Returns the fault of a stream that broke before its proof. An error event before the first token
    /// costs what its class costs; later, and for whatever else happens, the worst is assumed.
    fn interrupted(&self, error: CallError, watch: &Watch) -> Fault {
        let error = match error {
            CallError::BadRequest { status, detail } => {
                CallError::BadRequest { status, detail: self.without_key(detail) }
            }
            CallError::BadKey(detail) => CallError::BadKey(self.without_key(detail)),
            CallError::OutOfMoney(detail) => CallError::OutOfMoney(self.without_key(detail)),
            CallError::Truncated(detail) => CallError::Truncated(self.without_key(detail)),
            other => other,
        };
        let mut fault = Fault::from(error);
        if !watch.silent() {
            fault.spent = Spent::Unknown;
        }
        fault
    }
}

/// Turns a proven stream into a completion, or into the fault its finish reason stands for.
fn conclude(
    gathered: Gathered,
    reserved: Usage,
    first_token: Option<Duration>,
    watch: &Watch,
) -> Result<Completion, Fault> {
    // Usage that came before the proof, as some servers send with every chunk, is not all of it.
    let verdict =
        gathered.verdict.ok_or_else(|| CallError::Truncated("the stream ended without a finish reason".to_owned()))?;
    let spent = gathered.usage.map_or(Spent::Unknown, Spent::Known);
    let finish = verdict.map_err(|error| Fault { error, spent })?;
    Ok(Completion {
        text: gathered.text,
        finish,
        usage: gathered.usage.unwrap_or(reserved),
        first_token: first_token.unwrap_or_else(|| watch.elapsed()),
        elapsed: watch.elapsed(),
    })
}

/// Returns the error of a success that is not a stream.
fn unstreamed(said: &str) -> CallError {
    let body = serde_json::from_str::<Value>(said).unwrap_or_default();
    if body.get("error").is_some_and(|error| !error.is_null()) {
        return classify::event(&body);
    }
    CallError::BadRequest {
        status: 200,
        detail: "the server answers without streaming: check the provider's base_url".to_owned(),
    }
}

/// Returns what lies at the bottom of an error of the connection. The error itself would name the URL.
pub(super) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    classify::detail(&cause.to_string())
}

fn report(answer: &Result<Completion, Fault>) {
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
        // The server's own words may quote the prompt.
        Err(fault) => tracing::debug!(class = fault.error.class(), "call failed"),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a client for the server at this URL.
///
/// It follows no redirects, which would carry the key along, and asks no proxy for this machine.
pub(super) fn client(url: &Url, timers: &Timers) -> Result<Client, reqwest::Error> {
    bindery_tls::use_ring();
    let client = Client::builder()
        .user_agent(concat!("bindery/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timers.connect)
        .tcp_keepalive(Duration::from_secs(30))
        .pool_idle_timeout(REUSED_WITHIN)
        .redirect(redirect::Policy::none());
    if on_loopback(url) {
        return client.no_proxy().build();
    }
    client.build()
}

/// Returns whether a URL leads to this machine.
pub(super) fn on_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns a header's value that is never written anywhere.
pub(super) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests;
