//! OpenAI's chat completions, which most servers speak.

mod request;

use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, ErrorResponse, data};
use crate::{
    refusal::{Refusal, RefusalKind},
    reply::{Finish, Reply},
    request::ModelRequest,
};

/// OpenAI's chat completions.
#[derive(Debug)]
pub(crate) struct OpenAi;

/// One chunk of a stream.
#[derive(Serialize)]
struct Chunk<'a> {
    id: Id<'a>,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    /// Absent where usage was not asked for. Otherwise it is null in every chunk except the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Value>>,
}

struct Id<'a>(&'a str);

impl Serialize for Id<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("chatcmpl-{}", self.0))
    }
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: Delta<'a>,
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

fn chunk<'a>(reply: &'a Reply, choices: &'a [Choice<'a>]) -> Chunk<'a> {
    Chunk {
        id: Id(&reply.id),
        object: "chat.completion.chunk",
        created: reply.created,
        model: &reply.model,
        choices,
        usage: reply.include_usage.then_some(None),
    }
}

fn delta(reply: &Reply, delta: Delta<'_>, finish_reason: Option<&'static str>, out: &mut Vec<u8>) {
    let choice = Choice { index: 0, delta, finish_reason };
    data(&chunk(reply, &[choice]), out);
}

fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Refused => "content_filter",
    }
}

fn usage(reply: &Reply) -> Value {
    let usage = &reply.usage;
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": { "cached_tokens": usage.cached },
        "completion_tokens_details": { "reasoning_tokens": usage.reasoning },
    })
}

impl Dialect for OpenAi {
    fn check_headers(&self, _headers: &HeaderMap) -> Result<(), Refusal> {
        Ok(())
    }

    fn api_key<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        value.strip_prefix("Bearer ")
    }

    fn read(&self, body: &[u8]) -> Result<ModelRequest, Refusal> {
        request::read(body)
    }

    fn error(&self, refusal: &Refusal) -> ErrorResponse {
        let (status, kind, code) = match refusal.kind {
            RefusalKind::Invalid => (400, "invalid_request_error", None),
            RefusalKind::Missing => (400, "invalid_request_error", Some("missing_required_parameter")),
            RefusalKind::BadKey => (401, "invalid_request_error", Some("invalid_api_key")),
            RefusalKind::NotFound => (404, "invalid_request_error", Some("unknown_url")),
            RefusalKind::TooLarge => (413, "invalid_request_error", None),
            RefusalKind::RateLimited { .. } => (429, "requests", Some("rate_limit_exceeded")),
            RefusalKind::OutOfMoney => (429, "insufficient_quota", Some("insufficient_quota")),
            RefusalKind::ServerError => (500, "server_error", None),
            RefusalKind::Overloaded => (529, "overloaded_error", None),
        };
        let body = json!({"error": {
            "message": refusal.message, "type": kind, "param": refusal.parameter, "code": code,
        }});
        let status = StatusCode::from_u16(status).expect("every status above is valid");
        ErrorResponse { status, body }
    }

    fn document(&self, reply: &Reply) -> Value {
        json!({
            "id": Id(&reply.id),
            "object": "chat.completion",
            "created": reply.created,
            "model": reply.model,
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": reply.text, "refusal": null },
                "logprobs": null,
                "finish_reason": finish_reason(reply.finish),
            }],
            "usage": usage(reply),
        })
    }

    fn start_stream(&self, reply: &Reply, out: &mut Vec<u8>) {
        let first = Delta { role: Some("assistant"), content: Some("") };
        delta(reply, first, None, out);
    }

    fn finish_early(&self, reply: &Reply, out: &mut Vec<u8>) {
        delta(reply, Delta::default(), Some(finish_reason(reply.finish)), out);
    }

    fn stream_reasoning(&self, _reply: &Reply, _piece: &str, _out: &mut Vec<u8>) {}

    fn end_reasoning(&self, _reply: &Reply, _out: &mut Vec<u8>) {}

    fn stream_text(&self, reply: &Reply, piece: &str, out: &mut Vec<u8>) {
        let next = Delta { role: None, content: Some(piece) };
        delta(reply, next, None, out);
    }

    fn end_reply(&self, reply: &Reply, out: &mut Vec<u8>) {
        delta(reply, Delta::default(), Some(finish_reason(reply.finish)), out);
        if reply.include_usage {
            let last = Chunk { usage: Some(Some(usage(reply))), ..chunk(reply, &[]) };
            data(&last, out);
        }
    }

    fn end_stream(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn stream_error(&self, refusal: &Refusal, out: &mut Vec<u8>) {
        data(&self.error(refusal).body, out);
    }

    fn stream_status(&self, status: &str, out: &mut Vec<u8>) {
        data(&json!({"error": {"code": status, "message": "Provider returned error"}}), out);
    }

    fn keep_alive(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b": still here\n\n");
    }
}
