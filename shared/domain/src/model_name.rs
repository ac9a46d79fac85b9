//! A model's name as a user types it: `provider:model`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A model and the provider that serves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelName {
    provider: String,
    model: String,
}

impl ModelName {
    /// Returns the provider's name.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Returns the model's name in the provider's own spelling.
    pub fn model(&self) -> &str {
        &self.model
    }
}

/// A model name that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelNameError {
    /// The provider is missing.
    #[error("`{name}` names no provider: write `provider:model`, like `{example}`")]
    NoProvider {
        /// The name as it was typed.
        name: String,
        /// The name that was probably meant.
        example: String,
    },
    /// The model is missing.
    #[error("`{0}` names no model: write `provider:model`, like `openai:gpt-5-mini`")]
    NoModel(String),
    /// The name is too long, or holds a space or a control character.
    #[error("`{0}` is not a model name: it must hold no spaces and at most 200 characters")]
    Malformed(String),
}

impl FromStr for ModelName {
    type Err = ModelNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.trim();
        let forbidden = |c: char| c.is_whitespace() || c.is_control();
        if name.chars().any(forbidden) || name.chars().count() > 200 {
            let start = name.chars().filter(|c| !c.is_control()).take(60);
            return Err(ModelNameError::Malformed(start.collect()));
        }
        // The model keeps further colons: `ollama:llama3.2:3b`.
        match name.split_once(':') {
            Some((provider, "")) if !provider.is_empty() => Err(ModelNameError::NoModel(name.to_owned())),
            Some((provider, model)) if !provider.is_empty() => {
                Ok(Self { provider: provider.to_ascii_lowercase(), model: model.to_owned() })
            }
            _ => Err(ModelNameError::NoProvider {
                name: name.to_owned(),
                example: suggested(name.trim_start_matches(':')),
            }),
        }
    }
}

/// Returns the whole name that a user who typed the model alone probably meant.
fn suggested(model: &str) -> String {
    const FAMILIES: [(&str, &str); 8] = [
        ("gpt-", "openai"),
        ("o3", "openai"),
        ("o4", "openai"),
        ("claude-", "anthropic"),
        ("gemini-", "gemini"),
        ("mistral-", "mistral"),
        ("deepseek-", "deepseek"),
        ("grok-", "xai"),
    ];
    FAMILIES
        .iter()
        .find(|(family, _)| model.starts_with(family))
        .map_or_else(|| "openai:gpt-5-mini".to_owned(), |(_, provider)| format!("{provider}:{model}"))
}

impl TryFrom<String> for ModelName {
    type Error = ModelNameError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<ModelName> for String {
    fn from(name: ModelName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_colon_ends_the_provider() {
        let name: ModelName = "ollama:llama3.2:3b".parse().unwrap();
        assert_eq!((name.provider(), name.model()), ("ollama", "llama3.2:3b"));
        assert_eq!(name.to_string(), "ollama:llama3.2:3b");
        let name: ModelName = " OpenRouter:openai/gpt-5-mini ".parse().unwrap();
        assert_eq!((name.provider(), name.model()), ("openrouter", "openai/gpt-5-mini"));
    }

    #[test]
    fn a_name_without_a_provider_is_answered_with_a_suggestion() {
        let error = |name: &str| name.parse::<ModelName>().unwrap_err().to_string();
        assert!(error("claude-sonnet-4-5").contains("like `anthropic:claude-sonnet-4-5`"));
        assert!(error(":gpt-5").contains("like `openai:gpt-5`"));
        assert!(error("llama").contains("like `openai:gpt-5-mini`"));
        assert!(error("").contains("provider:model"));
        assert!(error("openai:").contains("names no model"));
        assert!(error("openai:gpt 5").contains("no spaces"));
        assert!(error(&"x:y".repeat(100)).len() < 200);
    }

    #[test]
    fn a_name_is_a_string_in_json() {
        let name: ModelName = serde_json::from_str(r#""groq:llama-3.3-70b-versatile""#).unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), r#""groq:llama-3.3-70b-versatile""#);
        assert!(serde_json::from_str::<ModelName>(r#""llama""#).is_err());
    }
}
