//! Anthropic's Messages.

mod request;

use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, data};
use crate::{
    ask::{Ask, Finish, Reply},
    refusal::{Refusal, RefusalKind},
};

/// Anthropic's Messages.
#[derive(Debug)]
pub(crate) struct Anthropic;

/// A piece of reasoning or text.
#[derive(Serialize)]
struct BlockDelta<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    index: u32,
    delta: Piece<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Piece<'a> {
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

fn piece(index: u32, delta: Piece<'_>, out: &mut Vec<u8>) {
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

/// Returns the index of the text's block: the reasoning that is shown comes before it.
fn text_index(reply: &Reply) -> u32 {
    u32::from(!reply.thinking.is_empty())
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
    fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if headers.contains_key("anthropic-version") {
            Ok(())
        } else {
            let message = "anthropic-version: header is required";
            Err(Refusal::new(RefusalKind::Invalid, message))
        }
    }

    fn key<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        headers.get("x-api-key")?.to_str().ok()
    }

    fn read(&self, body: &[u8]) -> Result<Ask, Refusal> {
        request::read(body)
    }

    fn refuse(&self, refusal: &Refusal) -> (StatusCode, Value) {
        let (status, kind) = match refusal.kind {
            // The real server reports a used-up credit as an invalid request too; only the message tells.
            RefusalKind::Invalid | RefusalKind::Missing | RefusalKind::OutOfMoney => (400, "invalid_request_error"),
            RefusalKind::BadKey => (401, "authentication_error"),
            RefusalKind::NotFound => (404, "not_found_error"),
            RefusalKind::TooLarge => (413, "request_too_large"),
            RefusalKind::RateLimited { .. } => (429, "rate_limit_error"),
            RefusalKind::ServerError => (500, "api_error"),
            RefusalKind::Overloaded => (529, "overloaded_error"),
        };
        let body = json!({"type": "error", "error": {"type": kind, "message": refusal.message}});
        (StatusCode::from_u16(status).expect("every status above is one"), body)
    }

    fn whole(&self, reply: &Reply) -> Value {
        let mut content = Vec::new();
        if !reply.thinking.is_empty() {
            let thinking = json!({
                "type": "thinking", "thinking": reply.thinking, "signature": signature(reply),
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

    fn open(&self, reply: &Reply, out: &mut Vec<u8>) {
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
        if reply.thinking.is_empty() {
            begin_text(0, out);
        } else {
            begin_block(0, &json!({"type": "thinking", "thinking": "", "signature": ""}), out);
        }
        self.keep_alive(out);
    }

    fn think(&self, _reply: &Reply, thinking: &str, out: &mut Vec<u8>) {
        piece(0, Piece::Thinking { thinking }, out);
    }

    fn turn_to_text(&self, reply: &Reply, out: &mut Vec<u8>) {
        let signature = &signature(reply);
        piece(0, Piece::Signature { signature }, out);
        end_block(0, out);
        begin_text(text_index(reply), out);
    }

    fn speak(&self, reply: &Reply, text: &str, out: &mut Vec<u8>) {
        piece(text_index(reply), Piece::Text { text }, out);
    }

    fn close(&self, reply: &Reply, out: &mut Vec<u8>) {
        end_block(text_index(reply), out);
        let end = json!({
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason(reply.finish), "stop_sequence": null},
            "usage": {"output_tokens": reply.usage.output},
        });
        event("message_delta", &end, out);
        event("message_stop", &json!({"type": "message_stop"}), out);
    }

    fn report(&self, refusal: &Refusal, out: &mut Vec<u8>) {
        event("error", &self.refuse(refusal).1, out);
    }

    fn keep_alive(&self, out: &mut Vec<u8>) {
        event("ping", &json!({"type": "ping"}), out);
    }
}
