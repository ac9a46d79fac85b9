//! Reads and checks a request for a chat completion.

use serde::Deserialize;
use serde_json::Value;

use super::super::Content;
use crate::{
    cache::PrefixHasher,
    conversation::{Conversation, Message, Role},
    refusal::{Refusal, RefusalKind},
    request::{ModelRequest, Reasoning},
};

#[derive(Deserialize)]
struct Request {
    model: Option<String>,
    messages: Option<Vec<RequestMessage>>,
    #[serde(default)]
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<i64>,
    max_completion_tokens: Option<i64>,
    reasoning_effort: Option<Effort>,
    response_format: Option<ResponseFormat>,
    temperature: Option<f64>,
}

#[derive(Deserialize)]
struct RequestMessage {
    role: RequestRole,
    #[serde(default)]
    content: Content,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestRole {
    System,
    Developer,
    User,
    Assistant,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
}

#[derive(Deserialize)]
struct ResponseFormat {
    #[serde(rename = "type")]
    kind: String,
    json_schema: Option<JsonSchema>,
}

#[derive(Deserialize)]
struct JsonSchema {
    schema: Option<Value>,
}

impl Effort {
    fn reasoning(self) -> Option<Reasoning> {
        let budget = match self {
            Self::None | Self::Minimal => return None,
            Self::Low => 128,
            Self::Medium => 512,
            Self::High => 1024,
            Self::XHigh => 2048,
        };
        Some(Reasoning { budget, is_shown: false })
    }
}

impl Request {
    /// Refuses the mistakes that a client of this program can make, as the real server does.
    fn check(&self, conversation: &Conversation) -> Result<(), Refusal> {
        if self.max_tokens.is_some() && self.max_completion_tokens.is_some() {
            let message = "'max_tokens' and 'max_completion_tokens' cannot be set both.";
            return Err(Refusal::invalid("max_tokens", message));
        }
        if self.limit().is_some_and(|limit| limit < 1) {
            let message = "'max_tokens' must be at least 1.";
            return Err(Refusal::invalid("max_tokens", message));
        }
        if self.stream_options.is_some() && self.stream != Some(true) {
            let message = "'stream_options' is allowed only when 'stream' is true.";
            return Err(Refusal::invalid("stream_options", message));
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            let message = "'temperature' must be between 0 and 2.";
            return Err(Refusal::invalid("temperature", message));
        }
        let wants_json = self.response_format.as_ref().is_some_and(|format| format.kind == "json_object");
        if wants_json && !conversation.text().to_lowercase().contains("json") {
            let message = "The messages must contain the word 'json' for 'response_format' to be 'json_object'.";
            return Err(Refusal::invalid("messages", message));
        }
        Ok(())
    }

    fn limit(&self) -> Option<i64> {
        self.max_completion_tokens.or(self.max_tokens)
    }
}

impl From<RequestMessage> for Message {
    fn from(message: RequestMessage) -> Self {
        Self {
            role: match message.role {
                RequestRole::System | RequestRole::Developer => Role::System,
                RequestRole::User => Role::User,
                RequestRole::Assistant => Role::Assistant,
            },
            text: message.content.text(),
        }
    }
}

/// Reads and checks a request.
pub(super) fn read(body: &[u8]) -> Result<ModelRequest, Refusal> {
    let mut request: Request = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(RefusalKind::Invalid, format!("The body cannot be read: {error}.")))?;
    let model = request.model.take().filter(|model| !model.is_empty());
    let model = model.ok_or_else(|| missing("model"))?;
    let messages = request.messages.take().ok_or_else(|| missing("messages"))?;
    if messages.is_empty() {
        return Err(Refusal::invalid("messages", "'messages' must not be empty."));
    }
    let conversation = Conversation::new(messages.into_iter().map(Message::from).collect());
    request.check(&conversation)?;
    let mut hasher = PrefixHasher::new(&model);
    hasher.add_in_steps(&conversation.text());
    Ok(ModelRequest {
        model,
        conversation,
        stream: request.stream.unwrap_or_default(),
        include_usage: request.stream_options.as_ref().is_some_and(|options| options.include_usage),
        max_tokens: request.limit().and_then(|limit| u64::try_from(limit).ok()),
        reasoning: request.reasoning_effort.and_then(Effort::reasoning),
        prompt: hasher.finish(),
        schema: request.response_format.and_then(|format| format.json_schema?.schema),
    })
}

fn missing(parameter: &'static str) -> Refusal {
    Refusal::missing(parameter, format!("Missing required parameter: '{parameter}'."))
}
