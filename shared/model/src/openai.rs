//! The OpenAI chat-completions dialect, which most servers speak in some variant.

use bindery_domain::Usage;
use serde_json::{Value, json};

use crate::{
    Call, CallErrorKind, Finish, classify,
    events::Event,
    http::{CONTINUE, WireFormat},
    reasoning_filter::ReasoningFilter,
    stream::{self, EventDecoder, EventKind, PartialCompletion},
};

/// The variant of the dialect that a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// The name of the field that bounds the output.
    pub(crate) max_tokens_field: &'static str,
    /// Whether the usage must be asked for. Elsewhere it comes unasked, and asking is an error.
    pub(crate) ask_usage: bool,
    /// Whether `response_format` may ask for a JSON object.
    pub(crate) json_object: bool,
}

/// The dialect for one model.
pub(crate) struct OpenAi {
    pub(crate) model: String,
    pub(crate) variant: Variant,
}

impl WireFormat for OpenAi {
    fn path(&self) -> &'static str {
        "chat/completions"
    }

    fn body(&self, call: &Call, max_tokens: u32) -> Value {
        let mut messages = Vec::new();
        if !call.prefix.is_empty() {
            messages.push(json!({"role": "system", "content": call.prefix}));
        }
        let user = [call.slice.as_str(), call.request.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n");
        messages.push(json!({"role": "user", "content": user}));
        if let Some(text) = &call.continued {
            messages.push(json!({"role": "assistant", "content": text}));
            messages.push(json!({"role": "user", "content": CONTINUE}));
        }
        let mut body = json!({"model": self.model, "messages": messages, "stream": true});
        body[self.variant.max_tokens_field] = max_tokens.into();
        if self.variant.ask_usage {
            body["stream_options"] = json!({"include_usage": true});
        }
        // The rest of a JSON object is no JSON object.
        if call.json && self.variant.json_object && call.continued.is_none() {
            body["response_format"] = json!({"type": "json_object"});
        }
        body
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Box::new(OpenAiDecoder { reasoning: ReasoningFilter::new() })
    }
}

struct OpenAiDecoder {
    reasoning: ReasoningFilter,
}

impl EventDecoder for OpenAiDecoder {
    fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind> {
        if event.data.trim() == "[DONE]" {
            return Ok(EventKind::End);
        }
        let chunk = stream::json(event)?;
        let is_error = chunk.get("error").is_some_and(|error| !error.is_null())
            || chunk.get("object").is_some_and(|kind| kind == "error")
            || event.name == "error";
        if is_error {
            return Err(classify::event(&chunk));
        }
        if let Some(usage) = usage(&chunk) {
            into.usage = Some(usage);
        }
        let Some(choice) = chunk.pointer("/choices/0") else {
            return Ok(EventKind::Other);
        };
        let kind = self.delta(choice.get("delta").unwrap_or(&Value::Null), into);
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str)
            && !reason.is_empty()
        {
            into.finish.get_or_insert(finish(reason));
        }
        Ok(kind)
    }

    fn finish(&mut self, into: &mut PartialCompletion) {
        self.reasoning.finish(&mut into.text);
    }
}

impl OpenAiDecoder {
    fn delta(&mut self, delta: &Value, into: &mut PartialCompletion) -> EventKind {
        let content = text(delta.get("content").unwrap_or(&Value::Null));
        self.reasoning.push(&content, &mut into.text);
        let refused = delta.get("refusal").and_then(Value::as_str);
        if refused.is_some_and(|words| !words.is_empty()) {
            into.finish.get_or_insert(Err(refusal("a refusal")));
        }
        let has_reasoning = ["reasoning_content", "reasoning"]
            .into_iter()
            .filter_map(|name| delta.get(name)?.as_str())
            .any(|words| !words.is_empty());
        // Mistral streams reasoning as parts of the content whose type is not text.
        let parts = delta.get("content").and_then(Value::as_array);
        if !content.is_empty() || has_reasoning || parts.is_some_and(|parts| !parts.is_empty()) {
            EventKind::Token
        } else {
            EventKind::Other
        }
    }
}

/// Returns the text of a content, which is a string or a list of typed parts.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter(|part| part.get("type").is_some_and(|kind| kind == "text"))
            .filter_map(|part| part.get("text")?.as_str())
            .collect(),
        _ => String::new(),
    }
}

fn refusal(reason: &str) -> CallErrorKind {
    CallErrorKind::Refused(format!("the stream ended in {reason}"))
}

fn finish(reason: &str) -> Result<Finish, CallErrorKind> {
    match reason.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "eos" | "eos_token" | "stop_sequence" | "complete" => Ok(Finish::Stop),
        "length" | "max_tokens" | "model_length" => Ok(Finish::Length),
        "content_filter" | "safety" | "refusal" => Err(refusal("`content_filter`")),
        "error" | "insufficient_system_resource" => Err(CallErrorKind::Overloaded { status: 503, retry_after: None }),
        _ => Err(CallErrorKind::Truncated(format!("the model stopped for the reason `{}`", classify::detail(reason)))),
    }
}

fn usage(chunk: &Value) -> Option<Usage> {
    let usage = ["/usage", "/x_groq/usage"]
        .into_iter()
        .find_map(|place| chunk.pointer(place).filter(|usage| usage.is_object()))?;
    let count = |place: &str| usage.pointer(place).and_then(stream::tokens);
    let input = count("/prompt_tokens")?;
    let completion = count("/completion_tokens").unwrap_or(0);
    // xAI and Gemini leave reasoning out of the completion, but count it in the total and charge for it.
    let beyond_input = count("/total_tokens").map_or(0, |total| total.saturating_sub(input));
    let cached =
        count("/prompt_tokens_details/cached_tokens").or_else(|| count("/prompt_cache_hit_tokens")).unwrap_or(0);
    let output = completion.max(beyond_input);
    let reasoning = count("/completion_tokens_details/reasoning_tokens").unwrap_or(0);
    Some(Usage {
        input,
        cached: cached.min(input),
        cache_written: 0,
        output,
        reasoning: reasoning.max(output - completion).min(output),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const VARIANT: Variant = Variant { max_tokens_field: "max_tokens", ask_usage: true, json_object: true };

    fn call() -> Call {
        Call {
            prefix: "the book".into(),
            slice: "the chapter".into(),
            request: "the section".into(),
            continued: None,
            json: false,
            max_tokens: 100,
            attempt: 1,
            cap: Duration::from_secs(1),
            trace_parent: None,
        }
    }

    fn body(call: &Call, variant: Variant) -> Value {
        let model = "m".to_owned();
        OpenAi { model, variant }.body(call, 150)
    }

    fn read(chunks: &[Value]) -> (PartialCompletion, Vec<EventKind>) {
        let mut decoder = OpenAiDecoder { reasoning: ReasoningFilter::new() };
        let mut partial = PartialCompletion::default();
        let kinds = chunks.iter().map(|chunk| {
            let event = Event { data: chunk.to_string(), ..Event::default() };
            decoder.decode(&event, &mut partial).unwrap()
        });
        let kinds = kinds.collect();
        decoder.finish(&mut partial);
        (partial, kinds)
    }

    fn delta(delta: &Value) -> Value {
        json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
    }

    #[test]
    fn the_prompt_is_the_book_then_the_chapter_then_the_request() {
        let body = body(&call(), VARIANT);
        let expected = json!([
            {"role": "system", "content": "the book"},
            {"role": "user", "content": "the chapter\n\nthe section"},
        ]);
        assert_eq!(body["messages"], expected);
        assert_eq!(body["max_tokens"], 150);
        assert_eq!(body["stream_options"], json!({"include_usage": true}));
        assert!(body.get("response_format").is_none());
    }

    #[test]
    fn a_server_is_asked_only_for_what_it_understands() {
        let call = Call { json: true, ..call() };
        assert_eq!(body(&call, VARIANT)["response_format"]["type"], "json_object");
        let plain = Variant { max_tokens_field: "max_completion_tokens", ask_usage: false, json_object: false };
        let body = body(&call, plain);
        for absent in ["response_format", "stream_options", "max_tokens"] {
            assert!(body.get(absent).is_none(), "{absent}");
        }
        assert_eq!(body["max_completion_tokens"], 150);
    }

    #[test]
    fn a_continuation_ends_in_a_turn_of_the_user() {
        let call = Call {
            continued: Some("So far".into()),
            json: true,
            prefix: String::new(),
            slice: String::new(),
            ..call()
        };
        let body = body(&call, VARIANT);
        let expected = json!([
            {"role": "user", "content": "the section"},
            {"role": "assistant", "content": "So far"},
            {"role": "user", "content": CONTINUE},
        ]);
        assert_eq!(body["messages"], expected);
        assert!(body.get("response_format").is_none());
    }

    #[test]
    fn reasoning_counts_as_tokens_and_not_as_text() {
        let (partial, kinds) = read(&[
            delta(&json!({"role": "assistant", "content": ""})),
            delta(&json!({"reasoning_content": "hm"})),
            delta(&json!({"reasoning": "hm"})),
            delta(&json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]})),
            delta(&json!({"content": "<think>hm</think>"})),
            delta(&json!({"content": "A "})),
            delta(&json!({"content": [{"type": "text", "text": "text."}]})),
            delta(&json!({"content": null})),
        ]);
        assert_eq!(partial.text, "A text.");
        use EventKind::{Other, Token};
        let expected = [Other, Token, Token, Token, Token, Token, Token, Other];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn each_finish_reason_is_classified() {
        let finish = |reason: &str| {
            let chunk = json!({"choices": [{"delta": {}, "finish_reason": reason}]});
            read(&[chunk]).0.finish.unwrap()
        };
        assert_eq!(finish("stop"), Ok(Finish::Stop));
        assert_eq!(finish("STOP"), Ok(Finish::Stop));
        assert_eq!(finish("length"), Ok(Finish::Length));
        assert!(matches!(finish("content_filter"), Err(CallErrorKind::Refused(_))));
        assert!(matches!(finish("tool_calls"), Err(CallErrorKind::Truncated(_))));
        assert!(matches!(finish("error"), Err(CallErrorKind::Overloaded { .. })));
        assert!(read(&[delta(&json!({"content": "x"}))]).0.finish.is_none());
    }

    #[test]
    fn a_refusal_is_an_error_and_keeps_its_usage() {
        let (partial, _) = read(&[
            delta(&json!({"refusal": "I cannot"})),
            json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}),
        ]);
        assert!(matches!(partial.finish, Some(Err(CallErrorKind::Refused(_)))));
        assert_eq!(partial.usage.unwrap().input, 7);
    }

    #[test]
    fn usage_is_read_in_every_variant() {
        let usage = |usage: Value| read(&[json!({"choices": [], "usage": usage})]).0.usage;
        let openai = usage(json!({
            "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 64},
            "completion_tokens_details": {"reasoning_tokens": 30},
        }));
        let expected = Usage { input: 100, cached: 64, cache_written: 0, output: 50, reasoning: 30 };
        assert_eq!(openai, Some(expected));
        let xai = usage(json!({
            "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 180,
            "completion_tokens_details": {"reasoning_tokens": 30},
        }));
        let expected = Usage { input: 100, cached: 0, cache_written: 0, output: 80, reasoning: 30 };
        assert_eq!(xai, Some(expected));
        let deepseek = usage(json!({"prompt_tokens": 9, "completion_tokens": 1, "prompt_cache_hit_tokens": 4}));
        assert_eq!(deepseek.unwrap().cached, 4);
        let groq = read(&[json!({"choices": [], "x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 1}}})]);
        assert_eq!(groq.0.usage.unwrap().input, 3);
        assert_eq!(usage(Value::Null), None);
    }
}
