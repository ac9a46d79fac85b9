//! A model server over HTTP: sends one call in its dialect, and turns the response into a proven completion or a
//! classified error.

mod wire_format;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage, estimate_tokens};
use futures_util::StreamExt;
use reqwest::{
    Client, Response, Url,
    header::{CONTENT_TYPE, HeaderMap},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tracing::Instrument;

use crate::{
    Call, CallError, CallErrorKind, Completion, Finish, Model, OnText, SelfReport, UsedTokens, classify, client,
    output_room::{OutputRoom, SentRoom},
    page, prompt_cut,
    rejection::Rejection,
    request::RequestForm,
    self_report::Inquiry,
    stream::{PartialCompletion, StreamReader},
    timers::{Activity, CallTimer, Timers},
};

pub(crate) use self::wire_format::WireFormat;

/// The request to a model that has reached its limit in the middle of a text.
pub(crate) const CONTINUE: &str = "Go on exactly where your text stops, with its next word. \
    Write only what follows: repeat nothing, and add no greeting, comment or mark.";

/// The bytes of a token of reasoning, about.
const BYTES_PER_TOKEN: u64 = 4;

/// A text below this part of what was asked is little.
const LITTLE_TEXT: u64 = 10;

/// How often a call is sent at most, while each rejection teaches something.
const MOST_LESSONS: u32 = 6;

/// What stays free of a context, and the least output for which a call is worth sending.
const CONTEXT_MARGIN: u32 = 16;
const LEAST_OUTPUT: u32 = 256;

/// How much of an error body is read.
const LONGEST_ERROR: usize = 64 << 10;

/// The bytes that a stream may take beyond its tokens, and for each token with the JSON around it.
const STREAM_BASE: u64 = 1 << 20;
const STREAM_PER_TOKEN: u64 = 2 << 10;

/// A model on a server.
pub(crate) struct Server {
    pub(crate) name: ModelName,
    pub(crate) client: Client,
    pub(crate) url: Url,
    /// The headers of each call. The key among them is marked as sensitive.
    pub(crate) headers: HeaderMap,
    /// The key, which is struck out of the server's messages.
    pub(crate) key: Option<SecretString>,
    pub(crate) form: RequestForm,
    pub(crate) timers: Timers,
    /// How long the first token may take.
    pub(crate) first_token: Duration,
    /// When a local server last wrote anything. `None` for a hosted one, whose calls do not wait for each other.
    pub(crate) activity: Option<Arc<Activity>>,
    /// Where a local server tells of itself; `None` for a hosted one.
    pub(crate) inquiry: Option<Inquiry>,
    pub(crate) room: OutputRoom,
    /// Whether a call was answered, and so the address and the key are right.
    pub(crate) has_answered: AtomicBool,
    /// Whether the user was told that the server cuts prompts.
    pub(crate) told_of_cut: AtomicBool,
}

/// A call whose response has begun.
struct Opened {
    response: Response,
    /// The output tokens that the call may use.
    max_tokens: u32,
    room: SentRoom,
}

/// A call that got no response with a success.
struct Rejected {
    error: CallError,
    /// The body of the response; empty where there was none.
    body: String,
}

impl From<CallError> for Rejected {
    fn from(error: CallError) -> Self {
        Self { error, body: String::new() }
    }
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

    fn output_limit(&self, max_tokens: u32) -> u32 {
        self.room.of(max_tokens)
    }

    async fn ask_about_itself(&self) -> Option<SelfReport> {
        let told = match &self.inquiry {
            Some(inquiry) => inquiry.ask(&self.client, &self.headers, self.name.model()).await?,
            None => SelfReport::default(),
        };
        let set = self.room.context();
        if let (None, Some(context)) = (set, told.context_tokens) {
            self.room.fit_into(context);
            self.form.format.keep_within(context);
        }
        Some(SelfReport { context_tokens: set.or(told.context_tokens), ..told })
    }
}

impl Server {
    async fn exchange(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let mut timer = CallTimer::start(&self.timers, self.first_token, call.cap).beside(self.activity.clone());
        let Opened { response, max_tokens, room } = self.open(call, &timer).await?;
        let mut reader = StreamReader::new(self.form.format.decoder(), &mut timer, progress);
        let limit = STREAM_BASE + STREAM_PER_TOKEN * u64::from(max_tokens);
        let bytes = response.bytes_stream().map(|chunk| chunk.map_err(client::connection_error));
        let outcome = reader.read(bytes, limit).await;
        let is_page = reader.is_page();
        let (partial, first_token) = (reader.partial, reader.first_token);
        let reserved = Usage { input: call.estimated_input(), output: u64::from(max_tokens), ..Usage::default() };
        match outcome {
            Ok(()) => {
                let (reported, reasoning) = (partial.usage, partial.reasoning);
                let completion = conclude(partial, reserved, first_token, &timer)?;
                self.has_answered.store(true, Ordering::Relaxed);
                self.check_prompt(call, reported)?;
                self.check_room(call, room, reasoning, completion)
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

    /// Makes room for later calls where this one reached its limit, and fails it where reasoning left no text.
    fn check_room(
        &self,
        call: &Call,
        sent: SentRoom,
        reasoning: usize,
        completion: Completion,
    ) -> Result<Completion, CallError> {
        if completion.finish != Finish::Length {
            return Ok(completion);
        }
        let text = estimate_tokens(&completion.text);
        let reasoning = completion.usage.reasoning.max(reasoning as u64 / BYTES_PER_TOKEN);
        // Some servers neither show the reasoning nor count it.
        if reasoning <= text && !completion.text.trim().is_empty() {
            self.room.grow_for_text(sent);
            return Ok(completion);
        }
        self.room.grow_for_reasoning(sent);
        if text > u64::from(call.max_tokens) / LITTLE_TEXT {
            return Ok(completion);
        }
        let (had, has) = (self.room.of_sent(sent, call.max_tokens), self.room.of(call.max_tokens));
        let detail = if has > had {
            format!("it might use {had} tokens, and the next call may use {has}")
        } else {
            format!("no call may use more than {had} tokens: raise max_output_tokens or lower reasoning_effort")
        };
        Err(CallError { kind: CallErrorKind::NoRoom(detail), used: UsedTokens::Known(completion.usage) })
    }

    /// Sends the call, and sends it again at once where a rejection teaches how the model is to be asked.
    async fn open(&self, call: &Call, timer: &CallTimer) -> Result<Opened, CallError> {
        let (mut most, mut lessons) = (u32::MAX, MOST_LESSONS);
        loop {
            let room = self.room.now();
            let max_tokens = self.room.beside(call.estimated_input(), call.max_tokens).min(most);
            let body = self.form.body(call, max_tokens);
            let rejected = match self.send(call, &body, timer).await {
                Ok(response) => return Ok(Opened { response, max_tokens, room }),
                Err(rejected) => rejected,
            };
            let is_rejection = matches!(rejected.error.kind, CallErrorKind::BadRequest { status: 400 | 422, .. });
            lessons -= 1;
            if !is_rejection || lessons == 0 {
                return Err(rejected.error);
            }
            let rejection = Rejection::read(&rejected.body);
            if let Some(context) = rejection.small_context() {
                self.room.fit_into(context.tokens);
                most = context.left.unwrap_or(0).saturating_sub(CONTEXT_MARGIN);
                if most < max_tokens && most >= call.max_tokens.min(LEAST_OUTPUT) {
                    continue;
                }
            } else if rejection.output_limit(max_tokens).is_some_and(|limit| self.room.limit_to(limit, max_tokens))
                || self.form.learn(&rejection, call, &body)
            {
                continue;
            }
            return Err(rejected.error);
        }
    }

    /// Sends the call and returns the response if its status is a success.
    async fn send(&self, call: &Call, body: &Value, timer: &CallTimer) -> Result<Response, Rejected> {
        let request = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-bindery-try", call.attempt)
            .body(body.to_string());
        let sent = timer.within(request.send()).await;
        let sent = sent.map_err(|kind| Rejected::from(CallError { kind, used: UsedTokens::Prompt }))?;
        let response = sent.map_err(|error| {
            let used = if error.is_connect() { UsedTokens::Nothing } else { UsedTokens::Prompt };
            Rejected::from(CallError { kind: client::connection_error(error), used })
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = self.error_body(response, timer).await;
        let kind = classify::response(status.as_u16(), &headers, &body);
        let kind = if self.is_of_a_proxy(status.as_u16(), &body) { passing(status.as_u16(), kind) } else { kind };
        Err(Rejected { error: kind.into(), body })
    }

    /// Returns whether an error comes from a proxy before the server: the server has answered before, and its own errors
    /// are JSON.
    fn is_of_a_proxy(&self, status: u16, body: &str) -> bool {
        let is_foreign = match status {
            404 | 405 => serde_json::from_str::<Value>(body).is_err(),
            400..=403 | 407 => page::is_page(body),
            _ => false,
        };
        is_foreign && self.has_answered.load(Ordering::Relaxed)
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

/// Returns the error of a proxy, which may be over a moment later.
fn passing(status: u16, error: CallErrorKind) -> CallErrorKind {
    match error {
        CallErrorKind::BadRequest { detail, .. } | CallErrorKind::BadKey(detail) => {
            CallErrorKind::Overloaded { status, retry_after: None, detail }
        }
        other => other,
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
        cost: partial.cost,
        first_token: first_token.unwrap_or_else(|| timer.elapsed()),
        elapsed: timer.elapsed(),
    })
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

#[cfg(test)]
mod tests;
