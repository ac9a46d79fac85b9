//! Reads and checks a request for a message.

use serde::Deserialize;
use serde_json::Value;

use super::super::Content;
use crate::{
    cache::{HashedPrompt, PrefixHasher},
    conversation::{Conversation, Message, Role},
    refusal::{Refusal, RefusalKind},
    request::{ModelRequest, Reasoning},
};

const MIN_THINKING_TOKENS: u64 = 1024;
const MAX_CACHE_BREAKPOINTS: usize = 4;

#[derive(Deserialize)]
struct Request {
    model: Option<String>,
    messages: Option<Vec<RequestMessage>>,
    max_tokens: Option<u64>,
    system: Option<Content>,
    #[serde(default)]
    stream: bool,
    thinking: Option<Thinking>,
    temperature: Option<f64>,
    output_config: Option<OutputConfig>,
}

#[derive(Deserialize)]
struct OutputConfig {
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    schema: Option<Value>,
}

#[derive(Deserialize)]
struct RequestMessage {
    role: RequestRole,
    content: Content,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestRole {
    User,
    Assistant,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Thinking {
    Enabled { budget_tokens: u64 },
    Adaptive,
    Disabled,
}

impl Thinking {
    fn reasoning(self) -> Option<Reasoning> {
        let budget = match self {
            Self::Enabled { budget_tokens } => budget_tokens,
            Self::Adaptive => MIN_THINKING_TOKENS,
            Self::Disabled => return None,
        };
        Some(Reasoning { budget, is_shown: true })
    }
}

fn check_messages(messages: &[RequestMessage]) -> Result<(), Refusal> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Err(Refusal::invalid("messages", "messages: at least one message is required"));
    };
    if first.role != RequestRole::User {
        let message = "messages: the first message must have the role \"user\"";
        return Err(Refusal::invalid("messages", message));
    }
    for (place, message) in messages.iter().enumerate() {
        if message.content.blocks.iter().all(|block| block.text().is_empty()) {
            let message = format!("messages.{place}: text content must not be empty");
            return Err(Refusal::invalid("messages", message));
        }
    }
    let prefill = last.content.text();
    if last.role == RequestRole::Assistant && prefill.ends_with(char::is_whitespace) {
        let message = "messages: the final assistant content must not end in white space";
        return Err(Refusal::invalid("messages", message));
    }
    Ok(())
}

fn check_limits(request: &Request, max_tokens: u64) -> Result<(), Refusal> {
    if max_tokens == 0 {
        return Err(Refusal::invalid("max_tokens", "max_tokens: must be at least 1"));
    }
    if request.temperature.is_some_and(|temperature| !(0.0..=1.0).contains(&temperature)) {
        return Err(Refusal::invalid("temperature", "temperature: must be between 0 and 1"));
    }
    if let Some(Thinking::Enabled { budget_tokens }) = request.thinking {
        if budget_tokens < MIN_THINKING_TOKENS {
            let message = format!("thinking.budget_tokens: must be at least {MIN_THINKING_TOKENS}");
            return Err(Refusal::invalid("thinking", message));
        }
        if budget_tokens >= max_tokens {
            let message = "thinking.budget_tokens: must be less than max_tokens";
            return Err(Refusal::invalid("thinking", message));
        }
    }
    Ok(())
}

/// Hashes the prompt. The blocks with `cache_control` end in breakpoints.
fn hash(model: &str, request: &Request, messages: &[RequestMessage]) -> Result<HashedPrompt, Refusal> {
    let of_messages = messages.iter().flat_map(|message| &message.content.blocks);
    let of_system = request.system.iter().flat_map(|system| &system.blocks);
    let mut hasher = PrefixHasher::new(model);
    let mut breakpoints = 0;
    for block in of_system.chain(of_messages) {
        let is_marked = block.is_marked();
        breakpoints += usize::from(is_marked);
        hasher.add_block(block.text(), is_marked);
    }
    if breakpoints > MAX_CACHE_BREAKPOINTS {
        let message = format!("at most {MAX_CACHE_BREAKPOINTS} blocks may have cache_control, found {breakpoints}");
        return Err(Refusal::invalid("messages", message));
    }
    Ok(hasher.finish())
}

impl From<RequestMessage> for Message {
    fn from(message: RequestMessage) -> Self {
        Self {
            role: match message.role {
                RequestRole::User => Role::User,
                RequestRole::Assistant => Role::Assistant,
            },
            text: message.content.text(),
        }
    }
}

/// Reads and checks a request.
pub(super) fn read(body: &[u8]) -> Result<ModelRequest, Refusal> {
    let mut request: Request =
        serde_json::from_slice(body).map_err(|error| Refusal::new(RefusalKind::Invalid, format!("body: {error}")))?;
    let model = request.model.take().filter(|model| !model.is_empty());
    let model = model.ok_or_else(|| missing("model"))?;
    let messages = request.messages.take().ok_or_else(|| missing("messages"))?;
    let max_tokens = request.max_tokens.ok_or_else(|| missing("max_tokens"))?;
    check_messages(&messages)?;
    check_limits(&request, max_tokens)?;
    let prompt = hash(&model, &request, &messages)?;
    let system = request.system.as_ref().map(|system| Message { role: Role::System, text: system.text() });
    let messages = messages.into_iter().map(Message::from);
    Ok(ModelRequest {
        model,
        conversation: Conversation::new(system.into_iter().chain(messages).collect()),
        stream: request.stream,
        include_usage: true,
        max_tokens: Some(max_tokens),
        reasoning: request.thinking.and_then(Thinking::reasoning),
        prompt,
        schema: request.output_config.and_then(|config| config.format?.schema),
    })
}

fn missing(parameter: &'static str) -> Refusal {
    Refusal::missing(parameter, format!("{parameter}: field required"))
}
