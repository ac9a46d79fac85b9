//! The Anthropic Messages dialect.

use bindery_domain::Usage;
use serde_json::{Value, json};

use super::{
    Call, CallError, Finish, classify,
    events::Event,
    http::{CONTINUE, Wire},
    stream::{self, Gathered, Heard, Reader},
};

/// The version of the dialect, sent with each call.
pub(super) const VERSION: &str = "2023-06-01";

/// The dialect for one model.
pub(super) struct Anthropic {
    pub(super) model: String,
}

impl Wire for Anthropic {
    fn path(&self) -> &'static str {
        "messages"
    }

    fn body(&self, call: &Call, max_tokens: u32) -> Value {
        let cached = json!({"type": "ephemeral"});
        let block = |text: &str| json!({"type": "text", "text": text});
        let breakpoint = |text: &str| json!({"type": "text", "text": text, "cache_control": cached});
        let mut content = Vec::new();
        if !call.slice.is_empty() {
            content.push(breakpoint(&call.slice));
        }
        content.push(block(&call.request));
        let mut messages = vec![json!({"role": "user", "content": content})];
        // Newer models refuse to continue a turn of their own, so the last turn is the user's.
        if let Some(text) = &call.continued {
            messages.push(json!({"role": "assistant", "content": [block(text)]}));
            messages.push(json!({"role": "user", "content": [block(CONTINUE)]}));
        }
        let mut body = json!({
            "model": self.model,
            "max_tokens": max_tokens,
            "messages": messages,
            "stream": true,
        });
        if !call.prefix.is_empty() {
            body["system"] = json!([breakpoint(&call.prefix)]);
        }
        body
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(AnthropicReader::default())
    }
}

#[derive(Default)]
struct AnthropicReader {
    usage: Value,
    stop_reason: Option<String>,
}

impl Reader for AnthropicReader {
    fn read(&mut self, event: &Event, into: &mut Gathered) -> Result<Heard, CallError> {
        let event = stream::json(event)?;
        match event.get("type").and_then(Value::as_str) {
            Some("message_start") => self.used(event.pointer("/message/usage")),
            Some("content_block_start") => {
                return Ok(text(event.pointer("/content_block/text"), into));
            }
            Some("content_block_delta") => {
                let delta = event.get("delta").unwrap_or(&Value::Null);
                return Ok(match delta.get("type").and_then(Value::as_str) {
                    Some("text_delta") => text(delta.get("text"), into),
                    Some("thinking_delta" | "signature_delta") => Heard::Token,
                    _ => Heard::Nothing,
                });
            }
            Some("message_delta") => {
                self.used(event.get("usage"));
                let reason = event.pointer("/delta/stop_reason").and_then(Value::as_str);
                self.stop_reason = reason.map(str::to_owned).or(self.stop_reason.take());
            }
            Some("message_stop") => {
                into.usage = usage(&self.usage);
                into.verdict = Some(verdict(self.stop_reason.as_deref()));
                return Ok(Heard::End);
            }
            Some("error") => return Err(classify::event(&event)),
            _ => {}
        }
        Ok(Heard::Nothing)
    }

    fn finish(&mut self, _: &mut Gathered) {}
}

impl AnthropicReader {
    /// Notes counts; those of later events replace earlier ones.
    fn used(&mut self, counts: Option<&Value>) {
        for (name, count) in counts.and_then(Value::as_object).into_iter().flatten() {
            if count.is_u64() {
                self.usage[name.as_str()] = count.clone();
            }
        }
    }
}

fn text(piece: Option<&Value>, into: &mut Gathered) -> Heard {
    match piece.and_then(Value::as_str) {
        Some(piece) if !piece.is_empty() => {
            into.text.push_str(piece);
            Heard::Token
        }
        _ => Heard::Nothing,
    }
}

fn verdict(reason: Option<&str>) -> Result<Finish, CallError> {
    match reason {
        Some("end_turn" | "stop_sequence") => Ok(Finish::Stop),
        Some("max_tokens") => Ok(Finish::Length),
        Some("refusal") => Err(CallError::Refused("the stream ended in `refusal`".to_owned())),
        Some(other) => {
            Err(CallError::Truncated(format!("the model stopped for the reason `{}`", classify::detail(other))))
        }
        None => Err(CallError::Truncated("the model stopped for no reason".to_owned())),
    }
}

fn usage(counts: &Value) -> Option<Usage> {
    let count = |name: &str| counts.get(name).and_then(stream::tokens);
    let cached = count("cache_read_input_tokens").unwrap_or(0);
    let cache_written = count("cache_creation_input_tokens").unwrap_or(0);
    Some(Usage {
        input: count("input_tokens")? + cached + cache_written,
        cached,
        cache_written,
        output: count("output_tokens")?,
        reasoning: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn call() -> Call {
        Call {
            prefix: "the book".into(),
            slice: "the chapter".into(),
            request: "the section".into(),
            continued: None,
            json: true,
            max_tokens: 100,
            attempt: 1,
            cap: Duration::from_secs(1),
            place: None,
        }
    }

    fn body(call: &Call) -> Value {
        let model = "m".to_owned();
        Anthropic { model }.body(call, 150)
    }

    fn read(events: &[Value]) -> Result<(Gathered, Vec<Heard>), CallError> {
        let mut reader = AnthropicReader::default();
        let mut gathered = Gathered::default();
        let heard = events.iter().map(|event| {
            let event = Event { data: event.to_string(), ..Event::default() };
            reader.read(&event, &mut gathered)
        });
        let heard = heard.collect::<Result<_, _>>()?;
        Ok((gathered, heard))
    }

    fn delta(delta: &Value) -> Value {
        json!({"type": "content_block_delta", "index": 0, "delta": delta})
    }

    #[test]
    fn the_book_and_the_chapter_are_cache_breakpoints() {
        let body = body(&call());
        let ephemeral = json!({"type": "ephemeral"});
        assert_eq!(body["system"][0]["text"], "the book");
        assert_eq!(body["system"][0]["cache_control"], ephemeral);
        let content = &body["messages"][0]["content"];
        assert_eq!(content[0]["text"], "the chapter");
        assert_eq!(content[0]["cache_control"], ephemeral);
        assert_eq!(content[1], json!({"type": "text", "text": "the section"}));
        assert_eq!(body["max_tokens"], 150);
    }

    #[test]
    fn empty_blocks_are_left_out() {
        let call = Call { prefix: String::new(), slice: String::new(), continued: Some("So far".into()), ..call() };
        let body = body(&call);
        assert!(body.get("system").is_none());
        assert_eq!(body["messages"][0]["content"].as_array().unwrap().len(), 1);
        let roles: Vec<_> = (0..3).map(|turn| body["messages"][turn]["role"].clone()).collect();
        assert_eq!(roles, ["user", "assistant", "user"]);
    }

    #[test]
    fn a_whole_message_is_read_with_its_usage() {
        let (gathered, heard) = read(&[
            json!({"type": "message_start", "message": {"usage": {
                "input_tokens": 10, "cache_creation_input_tokens": 200,
                "cache_read_input_tokens": 3000, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "content_block": {"type": "thinking", "thinking": ""}}),
            delta(&json!({"type": "thinking_delta", "thinking": "hm"})),
            json!({"type": "content_block_start", "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
            delta(&json!({"type": "text_delta", "text": "A text."})),
            json!({"type": "content_block_stop"}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 40}}),
            json!({"type": "message_stop"}),
        ])
        .unwrap();
        assert_eq!(gathered.text, "A text.");
        assert_eq!(gathered.verdict, Some(Ok(Finish::Stop)));
        let expected = Usage { input: 3210, cached: 3000, cache_written: 200, output: 40, reasoning: 0 };
        assert_eq!(gathered.usage, Some(expected));
        use Heard::{End, Nothing, Token};
        let expected = [Nothing, Nothing, Token, Nothing, Nothing, Token, Nothing, Nothing, End];
        assert_eq!(heard, expected);
    }

    #[test]
    fn a_stop_reason_proves_nothing_before_the_message_stops() {
        let stop = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
        assert_eq!(read(&[stop]).unwrap().0.verdict, None);
    }

    #[test]
    fn each_stop_reason_has_its_verdict() {
        let verdict = |reason: Value| {
            let stop = json!({"type": "message_delta", "delta": {"stop_reason": reason}});
            let events = [stop, json!({"type": "message_stop"})];
            read(&events).unwrap().0.verdict.unwrap()
        };
        assert_eq!(verdict(json!("max_tokens")), Ok(Finish::Length));
        assert_eq!(verdict(json!("stop_sequence")), Ok(Finish::Stop));
        assert!(matches!(verdict(json!("refusal")), Err(CallError::Refused(_))));
        assert!(matches!(verdict(json!("tool_use")), Err(CallError::Truncated(_))));
        assert!(matches!(verdict(Value::Null), Err(CallError::Truncated(_))));
    }

    #[test]
    fn an_error_event_ends_the_stream_in_its_class() {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}});
        let class = read(&[error]).err().unwrap();
        assert!(matches!(class, CallError::Overloaded { status: 503, .. }));
    }
}
