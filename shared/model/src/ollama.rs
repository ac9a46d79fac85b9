//! Ollama's own dialect. Its chat completions take no size of the context, and drop the beginning of a longer prompt in
//! silence. <https://docs.ollama.com/api/chat>

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, Ordering};

use bindery_domain::Usage;
use serde_json::{Value, json};

use crate::{
    Call, CallErrorKind, Finish, classify,
    events::Event,
    finish_reason,
    http::WireFormat,
    json_form::JsonForm,
    openai,
    reasoning_filter::ReasoningFilter,
    request::Sampling,
    stream::{self, EventDecoder, EventKind, PartialCompletion},
};

/// The smallest context that is asked for. The prompts of small books fit into it.
const SMALLEST_CONTEXT: u32 = 8_192;

/// The dialect for one model.
pub(crate) struct Ollama {
    pub(crate) model: String,
    pub(crate) json_object: bool,
    /// The context of the settings; `None` where it follows from the calls.
    pub(crate) context_tokens: Option<u32>,
    /// The largest context so far. Ollama loads a model anew for each other size.
    largest: AtomicU32,
    /// The largest context of the model. Ollama cuts the prompt to it in silence.
    most: AtomicU32,
}

impl Ollama {
    pub(crate) fn new(model: String, json_object: bool, context_tokens: Option<u32>) -> Self {
        Self { model, json_object, context_tokens, largest: SMALLEST_CONTEXT.into(), most: u32::MAX.into() }
    }

    /// Returns the context for a call: a power of two, so that few calls need a larger one than those before them.
    fn context(&self, call: &Call, max_tokens: u32) -> u32 {
        if let Some(context) = self.context_tokens {
            return context;
        }
        let prompt = u32::try_from(call.estimated_input()).unwrap_or(u32::MAX);
        let needed = prompt.saturating_add(max_tokens).checked_next_power_of_two().unwrap_or(u32::MAX);
        let largest = self.largest.fetch_max(needed, Ordering::Relaxed).max(needed);
        largest.min(self.most.load(Ordering::Relaxed))
    }
}

impl WireFormat for Ollama {
    fn path(&self) -> &'static str {
        "api/chat"
    }

    fn body(&self, call: &Call, max_tokens: u32) -> Value {
        json!({
            "model": self.model,
            "messages": openai::messages(call),
            "stream": true,
            "options": {"num_ctx": self.context(call, max_tokens), "num_predict": max_tokens},
        })
    }

    fn hold(&self, schema: &Value, form: JsonForm, body: &mut Value) {
        match form {
            JsonForm::Schema => body["format"] = schema.clone(),
            JsonForm::Object if self.json_object => body["format"] = "json".into(),
            JsonForm::Object => {}
        }
    }

    fn sample(&self, sampling: &Sampling, body: &mut Value) {
        let Sampling { temperature, top_p, reasoning_effort } = sampling;
        for (name, value) in [("temperature", temperature), ("top_p", top_p)] {
            if let Some(value) = value {
                body["options"][name] = (*value).into();
            }
        }
        if let Some(effort) = reasoning_effort {
            body["think"] = match effort.as_str() {
                "none" => false.into(),
                // Ollama's lowest level.
                "minimal" => "low".into(),
                level => level.into(),
            };
        }
    }

    fn keep_within(&self, context_tokens: u32) {
        self.most.store(context_tokens, Ordering::Relaxed);
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Box::new(OllamaDecoder::default())
    }
}

#[derive(Default)]
struct OllamaDecoder {
    reasoning: ReasoningFilter,
}

impl EventDecoder for OllamaDecoder {
    fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind> {
        if stream::is_done(event) {
            return Ok(into.ended());
        }
        let Some(chunk) = stream::json(event)? else {
            return Ok(EventKind::Other);
        };
        if chunk.get("error").is_some_and(classify::is_said) {
            return Err(classify::event(&chunk));
        }
        let part = |place: &str| chunk.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let (content, thinking) = (part("/message/content"), part("/message/thinking"));
        self.reasoning.push(content, into);
        into.reasoning += thinking.len();
        if chunk.get("done").is_some_and(|done| done == true) {
            into.usage = usage(&chunk);
            match chunk.get("done_reason").and_then(Value::as_str).filter(|reason| !reason.is_empty()) {
                Some(reason) => finish_reason::note(reason, into),
                // Early versions gave no reason.
                None => into.stopped(Ok(Finish::Stop)),
            }
            return Ok(into.ended());
        }
        Ok(if content.is_empty() && thinking.is_empty() { EventKind::Other } else { EventKind::Token })
    }

    fn finish(&mut self, into: &mut PartialCompletion) {
        self.reasoning.finish(into);
    }
}

fn usage(chunk: &Value) -> Option<Usage> {
    let count = |name: &str| chunk.get(name).and_then(stream::tokens);
    let input = count("prompt_eval_count")?;
    // The count of the prompt includes what was read from the cache.
    let cached = count("prompt_eval_cached_count").unwrap_or(0).min(input);
    Some(Usage { input, cached, output: count("eval_count")?, ..Usage::default() })
}
