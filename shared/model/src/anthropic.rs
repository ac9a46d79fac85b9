//! The Anthropic Messages dialect.

use bindery_domain::Usage;
use serde_json::{Value, json};

use crate::{
    Call, CallErrorKind, classify,
    events::Event,
    finish_reason,
    http::{CONTINUE, WireFormat},
    json_form::{self, JsonForm},
    reasoning_filter::ReasoningFilter,
    stream::{self, EventDecoder, EventKind, PartialCompletion},
};

/// The version of the dialect, which is sent with each call.
pub(crate) const VERSION: &str = "2023-06-01";

/// The dialect for one model.
pub(crate) struct Anthropic {
    pub(crate) model: String,
}

impl WireFormat for Anthropic {
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

    fn hold(&self, schema: &Value, form: JsonForm, body: &mut Value) {
        if form == JsonForm::Schema {
            let schema = json_form::without_bounds(schema);
            body["output_config"] = json!({"format": {"type": "json_schema", "schema": schema}});
        }
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Box::new(AnthropicDecoder::default())
    }
}

#[derive(Default)]
struct AnthropicDecoder {
    usage: Value,
    reasoning: ReasoningFilter,
}

impl EventDecoder for AnthropicDecoder {
    fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind> {
        if stream::is_done(event) {
            return Ok(into.ended());
        }
        let is_named_error = event.name == "error";
        let Some(event) = stream::json(event)? else {
            return Ok(EventKind::Other);
        };
        if is_named_error || event.get("error").is_some_and(classify::is_said) {
            return Err(classify::event(&event));
        }
        match event.get("type").and_then(Value::as_str) {
            Some("message_start") => self.add_usage(event.pointer("/message/usage")),
            Some("content_block_start") => {
                return Ok(self.text(event.pointer("/content_block/text"), into));
            }
            Some("content_block_delta") => {
                let delta = event.get("delta").unwrap_or(&Value::Null);
                return Ok(match delta.get("type").and_then(Value::as_str) {
                    Some("text_delta") => self.text(delta.get("text"), into),
                    Some("thinking_delta") => {
                        into.reasoning += delta.get("thinking").and_then(Value::as_str).map_or(0, str::len);
                        EventKind::Token
                    }
                    Some("signature_delta") => EventKind::Token,
                    _ => EventKind::Other,
                });
            }
            Some("message_delta") => {
                self.add_usage(event.get("usage"));
                into.usage = usage(&self.usage);
                if let Some(reason) = event.pointer("/delta/stop_reason").and_then(Value::as_str) {
                    finish_reason::note(reason, into);
                }
            }
            Some("message_stop") => return Ok(into.ended()),
            // A server that does not stream sends the whole message.
            Some("message") => return Ok(self.message(&event, into)),
            Some("error") => return Err(classify::event(&event)),
            // A gateway before the server.
            None if event.get("message").or_else(|| event.get("detail")).is_some_and(Value::is_string) => {
                return Err(classify::event(&event));
            }
            _ => {}
        }
        Ok(EventKind::Other)
    }

    fn finish(&mut self, into: &mut PartialCompletion) {
        self.reasoning.finish(into);
    }
}

impl AnthropicDecoder {
    fn text(&mut self, piece: Option<&Value>, into: &mut PartialCompletion) -> EventKind {
        match piece.and_then(Value::as_str) {
            Some(piece) if !piece.is_empty() => {
                self.reasoning.push(piece, into);
                EventKind::Token
            }
            _ => EventKind::Other,
        }
    }

    fn message(&mut self, message: &Value, into: &mut PartialCompletion) -> EventKind {
        self.add_usage(message.get("usage"));
        into.usage = usage(&self.usage);
        for part in message.get("content").and_then(Value::as_array).into_iter().flatten() {
            self.text(part.get("text"), into);
        }
        if let Some(reason) = message.get("stop_reason").and_then(Value::as_str) {
            finish_reason::note(reason, into);
        }
        EventKind::Token
    }

    /// Notes token counts. Those of later events replace earlier ones.
    fn add_usage(&mut self, counts: Option<&Value>) {
        for (name, count) in counts.and_then(Value::as_object).into_iter().flatten() {
            if count.is_u64() {
                self.usage[name.as_str()] = count.clone();
            }
        }
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
    use crate::Finish;

    fn call() -> Call {
        Call {
            prefix: "the book".into(),
            slice: "the chapter".into(),
            request: "the section".into(),
            continued: None,
            schema: None,
            max_tokens: 100,
            attempt: 1,
            cap: Duration::from_secs(1),
            trace_parent: None,
        }
    }

    fn body(call: &Call) -> Value {
        let model = "m".to_owned();
        Anthropic { model }.body(call, 150)
    }

    fn read(events: &[Value]) -> Result<(PartialCompletion, Vec<EventKind>), CallErrorKind> {
        let mut decoder = AnthropicDecoder::default();
        let mut partial = PartialCompletion::default();
        let kinds = events.iter().map(|event| {
            let event = Event { data: event.to_string(), ..Event::default() };
            decoder.decode(&event, &mut partial)
        });
        let kinds = kinds.collect::<Result<_, _>>()?;
        Ok((partial, kinds))
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
    fn an_answer_is_held_to_a_schema_by_the_output_config() {
        let schema = json!({"type": "array", "maxItems": 3});
        let (mut held, mut free) = (json!({}), json!({}));
        let anthropic = Anthropic { model: "m".to_owned() };
        anthropic.hold(&schema, JsonForm::Schema, &mut held);
        anthropic.hold(&schema, JsonForm::Object, &mut free);
        let expected = json!({"output_config": {"format": {"type": "json_schema", "schema": {"type": "array"}}}});
        assert_eq!((held, free), (expected, json!({})));
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
    fn a_complete_message_is_read_with_its_usage() {
        let (partial, kinds) = read(&[
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
        assert_eq!(partial.text, "A text.");
        assert_eq!(partial.finish, Some(Ok(Finish::Stop)));
        let expected = Usage { input: 3210, cached: 3000, cache_written: 200, output: 40, reasoning: 0 };
        assert_eq!(partial.usage, Some(expected));
        use EventKind::{End, Other, Token};
        let expected = [Other, Other, Token, Other, Other, Token, Other, Other, End];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_stop_reason_counts_where_a_gateway_leaves_out_the_stop_of_the_message() {
        let stop = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
        assert_eq!(read(&[stop]).unwrap().0.finish, Some(Ok(Finish::Stop)));
        let going_on = json!({"type": "message_delta", "delta": {"stop_reason": null}});
        assert_eq!(read(&[going_on]).unwrap().0.finish, None);
    }

    #[test]
    fn a_whole_message_is_read_without_its_reasoning() {
        let (partial, _) = read(&[json!({
            "type": "message", "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 4},
            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "A text."}],
        })])
        .unwrap();
        assert_eq!((partial.text.as_str(), partial.finish), ("A text.", Some(Ok(Finish::Stop))));
        assert_eq!(partial.usage.unwrap().input, 9);
    }

    #[test]
    fn each_stop_reason_is_classified() {
        let finish = |reason: Value| {
            let stop = json!({"type": "message_delta", "delta": {"stop_reason": reason}});
            read(&[stop]).unwrap().0.finish.unwrap()
        };
        assert_eq!(finish(json!("max_tokens")), Ok(Finish::Length));
        assert_eq!(finish(json!("stop_sequence")), Ok(Finish::Stop));
        assert!(matches!(finish(json!("refusal")), Err(CallErrorKind::Refused(_))));
        assert!(matches!(finish(json!("tool_use")), Err(CallErrorKind::Truncated(_))));
    }

    #[test]
    fn an_error_event_is_classified_and_ends_the_stream() {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}});
        let class = read(&[error]).err().unwrap();
        let untyped = json!({"error": {"type": "overloaded_error", "message": "Busy, come back"}});
        let words = read(&[untyped]).err().unwrap().to_string();
        assert!(words.contains("Busy, come back"), "{words}");
        let gateways = read(&[json!({"message": "Too many requests"})]).err().unwrap();
        assert_eq!(gateways.class(), "rate_limited");
        assert!(read(&[json!({"type": "ping", "error": {}})]).is_ok());
        assert!(matches!(class, CallErrorKind::Overloaded { status: 503, .. }));
    }
}
