//! The OpenAI chat-completions dialect, which most servers speak in some variant.

#[cfg(test)]
mod tests;

use bindery_domain::{Micros, Usage};
use serde_json::{Value, json};

use crate::{
    Call, CallErrorKind, classify,
    events::Event,
    finish_reason::{self, refusal},
    http::{CONTINUE, WireFormat},
    json_form::{self, JsonForm},
    reasoning_filter::ReasoningFilter,
    request::Sampling,
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
        let mut body = json!({"model": self.model, "messages": messages(call), "stream": true});
        body[self.variant.max_tokens_field] = max_tokens.into();
        if self.variant.ask_usage {
            body["stream_options"] = json!({"include_usage": true});
        }
        body
    }

    fn hold(&self, schema: &Value, form: JsonForm, body: &mut Value) {
        match form {
            JsonForm::Schema => body["response_format"] = json_form::response_format(schema),
            JsonForm::Object if self.variant.json_object => body["response_format"] = json!({"type": "json_object"}),
            JsonForm::Object => {}
        }
    }

    fn sample(&self, sampling: &Sampling, body: &mut Value) {
        let Sampling { temperature, top_p, reasoning_effort } = sampling;
        for (name, value) in [("temperature", temperature), ("top_p", top_p)] {
            if let Some(value) = value {
                body[name] = (*value).into();
            }
        }
        if let Some(effort) = reasoning_effort {
            body["reasoning_effort"] = effort.as_str().into();
        }
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Box::new(OpenAiDecoder { reasoning: ReasoningFilter::default() })
    }
}

struct OpenAiDecoder {
    reasoning: ReasoningFilter,
}

impl EventDecoder for OpenAiDecoder {
    fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind> {
        if stream::is_done(event) {
            return Ok(into.ended());
        }
        let Some(chunk) = stream::json(event)? else {
            return Ok(EventKind::Other);
        };
        if let Some(error) = error(&chunk, event) {
            return Err(classify::event(error));
        }
        if let Some(usage) = usage(&chunk) {
            into.usage = Some(usage);
            into.cost = cost(&chunk);
        }
        let Some(choice) = chunk.pointer("/choices/0") else {
            return Ok(EventKind::Other);
        };
        let part = |name: &str| choice.get(name).filter(|part| part.is_object());
        let kind = match (part("delta"), part("message")) {
            (Some(delta), _) => self.delta(delta, into),
            // A gateway may end a stream with the whole message.
            (None, Some(message)) if choice["finish_reason"].is_string() && repeats(message, into) => EventKind::Other,
            // A server that does not stream sends the whole message.
            (None, message) => self.delta(message.unwrap_or(choice), into),
        };
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str)
            && !matches!(reason, "" | "null" | "none" | "None")
        {
            finish_reason::note(reason, into);
        }
        Ok(kind)
    }

    fn finish(&mut self, into: &mut PartialCompletion) {
        self.reasoning.finish(into);
    }
}

impl OpenAiDecoder {
    fn delta(&mut self, delta: &Value, into: &mut PartialCompletion) -> EventKind {
        let content = text(delta.get("content").or_else(|| delta.get("text")).unwrap_or(&Value::Null));
        self.reasoning.push(&content, into);
        let refused = delta.get("refusal").and_then(Value::as_str);
        if refused.is_some_and(|words| !words.is_empty()) {
            into.stopped(Err(refusal("a refusal")));
        }
        let reasoning = reasoning(delta);
        into.reasoning += reasoning;
        if !content.is_empty() || reasoning > 0 { EventKind::Token } else { EventKind::Other }
    }
}

/// Returns the turns of a call's conversation.
pub(crate) fn messages(call: &Call) -> Vec<Value> {
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
    messages
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

/// Returns the bytes of reasoning in a piece of an answer. Gateways may send the same reasoning in two fields.
fn reasoning(delta: &Value) -> usize {
    const FIELDS: [&str; 6] =
        ["reasoning_content", "reasoning", "thinking", "thought", "reasoning_text", "reasoning_details"];
    let in_fields = FIELDS.into_iter().filter_map(|name| delta.get(name)).map(bytes_of_text).max().unwrap_or(0);
    // Mistral streams reasoning as parts of the content whose type is not text.
    let parts = delta.get("content").and_then(Value::as_array);
    let is_text = |part: &&Value| part.get("type").is_some_and(|kind| kind == "text");
    let in_parts: usize = parts.into_iter().flatten().filter(|part| !is_text(part)).map(bytes_of_text).sum();
    in_fields + in_parts
}

/// Returns the bytes of all texts within a value, without the types and formats of its parts.
fn bytes_of_text(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(parts) => parts.iter().map(bytes_of_text).sum(),
        Value::Object(fields) => {
            let texts = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "type" | "format" | "id"));
            texts.map(|(_, value)| bytes_of_text(value)).sum()
        }
        _ => 0,
    }
}

/// Returns whether a message has the text that has already come.
fn repeats(message: &Value, partial: &PartialCompletion) -> bool {
    let whole = text(message.get("content").unwrap_or(&Value::Null));
    let come = partial.text.trim();
    !come.is_empty() && whole.trim().ends_with(come)
}

/// Returns the part of a chunk that tells an error; `None` where it tells none.
fn error<'a>(chunk: &'a Value, event: &Event) -> Option<&'a Value> {
    let is_said = classify::is_said;
    let has_choices = chunk.get("choices").is_some();
    let is_message = |name: &str| chunk.get(name).is_some_and(|value| value.is_string() && is_said(value));
    // MiniMax tells its errors with the status 200.
    if let Some(base) = chunk.get("base_resp").filter(|base| base.get("status_code").is_some_and(is_said)) {
        return Some(base);
    }
    if chunk.get("error").is_some_and(is_said)
        || chunk.get("object").is_some_and(|kind| kind == "error")
        || event.name == "error"
        // Mistral rejects a request with the fields of an error on the outermost level, and FastAPI with `detail`.
        || !has_choices && (is_message("message") || is_message("detail") || is_message("msg"))
        || chunk.get(0).is_some_and(|first| first.get("error").is_some_and(is_said))
    {
        return Some(chunk);
    }
    chunk.pointer("/choices/0").filter(|choice| choice.get("error").is_some_and(is_said))
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
    let written = count("/prompt_tokens_details/cache_write_tokens").or_else(|| count("/cache_creation_input_tokens"));
    let output = completion.max(beyond_input);
    let reasoning = count("/completion_tokens_details/reasoning_tokens").unwrap_or(0);
    Some(Usage {
        input,
        cached: cached.min(input),
        cache_written: written.unwrap_or(0).min(input - cached.min(input)),
        output,
        reasoning: reasoning.max(output - completion).min(output),
    })
}

/// Returns what the provider says that the call cost, in US dollars. OpenRouter says so, and adds what it has charged to the
/// user's own key with another provider: <https://openrouter.ai/docs/use-cases/usage-accounting>.
fn cost(chunk: &Value) -> Option<Micros> {
    let usage = chunk.get("usage")?;
    let dollars = usage.get("cost")?.as_f64()?;
    let on_own_key = usage.get("is_byok").and_then(Value::as_bool).unwrap_or(false);
    let upstream = usage.pointer("/cost_details/upstream_inference_cost").and_then(Value::as_f64);
    Micros::of_dollars(dollars + upstream.filter(|_| on_own_key).unwrap_or(0.0))
}
