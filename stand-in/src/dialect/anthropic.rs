//! Anthropic's Messages.

mod request;

use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, ErrorResponse, data};
use crate::{
    refusal::{Refusal, RefusalKind},
    reply::{Finish, Reply},
    request::ModelRequest,
};

/// Anthropic's Messages.
#[derive(Debug)]
pub(crate) struct Anthropic;

/// An event with a piece of reasoning or text.
#[derive(Serialize)]
struct BlockDelta<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    index: u32,
    delta: Delta<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Delta<'a> {
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: &'a str },
}

fn event(name: &str, value: &impl Serialize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.push(b'\n');
    data(value, out);
}

fn delta(index: u32, delta: Delta<'_>, out: &mut Vec<u8>) {
    let kind = "content_block_delta";
    event(kind, &BlockDelta { kind, index, delta }, out);
}

fn begin_block(index: u32, block: &Value, out: &mut Vec<u8>) {
    let kind = "content_block_start";
    event(kind, &json!({"type": kind, "index": index, "content_block": block}), out);
}

fn end_block(index: u32, out: &mut Vec<u8>) {
    let kind = "content_block_stop";
    event(kind, &json!({"type": kind, "index": index}), out);
}

fn begin_text(index: u32, out: &mut Vec<u8>) {
    begin_block(index, &json!({"type": "text", "text": ""}), out);
}

/// Returns the index of the block of the text. A block of shown reasoning comes before it.
fn text_index(reply: &Reply) -> u32 {
    u32::from(!reply.shown_reasoning.is_empty())
}

fn stop_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::Refused => "refusal",
    }
}

fn usage(reply: &Reply, output: u64) -> Value {
    let usage = &reply.usage;
    json!({
        "input_tokens": usage.input - usage.cached - usage.written,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": output,
    })
}

fn signature(reply: &Reply) -> String {
    format!("stand-in-{}", reply.id)
}

impl Dialect for Anthropic {
    fn check_headers(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if headers.contains_key("anthropic-version") {
            Ok(())
        } else {
            let message = "anthropic-version: header is required";
            Err(Refusal::new(RefusalKind::Invalid, message))
        }
    }

    fn api_key<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        headers.get("x-api-key")?.to_str().ok()
    }

    fn read(&self, body: &[u8]) -> Result<ModelRequest, Refusal> {
        request::read(body)
    }

    fn error(&self, refusal: &Refusal) -> ErrorResponse {
        let (status, kind) = match refusal.kind {
            // The real server reports a used-up credit as an invalid request too. Only the message differs.
            RefusalKind::Invalid | RefusalKind::Missing | RefusalKind::OutOfMoney => (400, "invalid_request_error"),
            RefusalKind::BadKey => (401, "authentication_error"),
            RefusalKind::NotFound => (404, "not_found_error"),
            RefusalKind::TooLarge => (413, "request_too_large"),
            RefusalKind::RateLimited { .. } => (429, "rate_limit_error"),
            RefusalKind::ServerError => (500, "api_error"),
            RefusalKind::Overloaded => (529, "overloaded_error"),
        };
        let body = json!({"type": "error", "error": {"type": kind, "message": refusal.message}});
        let status = StatusCode::from_u16(status).expect("every status above is valid");
        ErrorResponse { status, body }
    }

    fn document(&self, reply: &Reply) -> Value {
        let mut content = Vec::new();
        if !reply.shown_reasoning.is_empty() {
            let thinking = json!({
                "type": "thinking", "thinking": reply.shown_reasoning, "signature": signature(reply),
            });
            content.push(thinking);
        }
        if !reply.text.is_empty() {
            content.push(json!({"type": "text", "text": reply.text}));
        }
        json!({
            "id": format!("msg_{}", reply.id),
            "type": "message",
            "role": "assistant",
            "model": reply.model,
            "content": content,
            "stop_reason": stop_reason(reply.finish),
            "stop_sequence": null,
            "usage": usage(reply, reply.usage.output),
        })
    }

    fn start_stream(&self, reply: &Reply, out: &mut Vec<u8>) {
        let message = json!({
            "id": format!("msg_{}", reply.id),
            "type": "message",
            "role": "assistant",
            "model": reply.model,
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": usage(reply, 1),
        });
        event("message_start", &json!({"type": "message_start", "message": message}), out);
        if reply.shown_reasoning.is_empty() {
            begin_text(0, out);
        } else {
            begin_block(0, &json!({"type": "thinking", "thinking": "", "signature": ""}), out);
        }
        self.keep_alive(out);
    }

    fn stream_reasoning(&self, _reply: &Reply, thinking: &str, out: &mut Vec<u8>) {
        delta(0, Delta::Thinking { thinking }, out);
    }

    fn end_reasoning(&self, reply: &Reply, out: &mut Vec<u8>) {
        let signature = &signature(reply);
        delta(0, Delta::Signature { signature }, out);
        end_block(0, out);
        begin_text(text_index(reply), out);
    }

    fn stream_text(&self, reply: &Reply, text: &str, out: &mut Vec<u8>) {
        delta(text_index(reply), Delta::Text { text }, out);
    }

    fn end_reply(&self, reply: &Reply, out: &mut Vec<u8>) {
        end_block(text_index(reply), out);
        let end = json!({
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason(reply.finish), "stop_sequence": null},
            "usage": {"output_tokens": reply.usage.output},
        });
        event("message_delta", &end, out);
    }

    fn end_stream(&self, out: &mut Vec<u8>) {
        event("message_stop", &json!({"type": "message_stop"}), out);
    }

    fn stream_error(&self, refusal: &Refusal, out: &mut Vec<u8>) {
        event("error", &self.error(refusal).body, out);
    }

    fn stream_status(&self, status: &str, out: &mut Vec<u8>) {
        event("error", &json!({"type": "error", "error": {"type": status, "message": "Provider returned error"}}), out);
    }

    fn keep_alive(&self, out: &mut Vec<u8>) {
        event("ping", &json!({"type": "ping"}), out);
    }
}
