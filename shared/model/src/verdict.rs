//! What a run by hand is told about a provider that is not there, or that rejects what it is asked.

use std::fmt;

use bindery_domain::ModelName;

use crate::{CallErrorKind, Provider, rejection::Rejection, remedy};

/// A provider that has answered no call of this process and is not waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    provider: String,
    address: String,
    /// The variables that may hold the key.
    key_env: Vec<String>,
    error: CallErrorKind,
}

impl Unreachable {
    pub(crate) fn new(provider: &Provider, error: CallErrorKind) -> Self {
        Self {
            provider: provider.name.clone(),
            address: provider.address(),
            key_env: provider.settings.key_env.clone(),
            error,
        }
    }

    /// Returns what the user can do. It never is to run the command again as it is, unless time may help.
    fn advice(&self) -> String {
        let Self { provider, .. } = self;
        match &self.error {
            CallErrorKind::BadKey(_) => match self.key_env.first() {
                Some(variable) => format!("set the right key with `export {variable}=...`"),
                None => format!("set the right key in the key_file of [providers.{provider}]"),
            },
            CallErrorKind::OutOfMoney(_) => "add money to the account, or choose another model with --model".to_owned(),
            CallErrorKind::Overloaded { .. } => {
                "`bindery doctor` shows when it answers; until then, choose another model with --model".to_owned()
            }
            _ => remedy::start(provider).map_or_else(
                || format!("check the network, and the base_url of [providers.{provider}]"),
                str::to_owned,
            ),
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, address, error, .. } = self;
        match error {
            CallErrorKind::Connection(cause) => write!(f, "no server of {provider} answers at {address}: {cause}")?,
            error => write!(f, "{error} ({provider} at {address})")?,
        }
        write!(f, "; {}", self.advice())
    }
}

/// A request that the provider has rejected, and that it would reject again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    model: ModelName,
    address: String,
    status: u16,
    detail: String,
}

impl Rejected {
    /// Reads a rejection; `None` for every other error.
    pub(crate) fn new(model: &ModelName, provider: &Provider, error: &CallErrorKind) -> Option<Self> {
        let CallErrorKind::BadRequest { status, detail } = error else { return None };
        Some(Self { model: model.clone(), address: provider.address(), status: *status, detail: detail.clone() })
    }

    /// Returns whether it stands in the reason for which a task was given up.
    pub fn explains(&self, reason: &str) -> bool {
        !self.detail.is_empty() && reason.contains(&self.detail)
    }

    /// Returns what the user can do, since the same request would be rejected again.
    pub fn advice(&self) -> String {
        let provider = self.model.provider();
        let detail = self.detail.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
        if Rejection::read(&self.detail).small_context().is_some() || says(&["too long", "context"]) {
            return format!(
                "{}; shorter key points and --no-plan make the prompts shorter",
                remedy::raise_context(provider)
            );
        }
        if self.status == 404
            || says(&["not found", "does not exist", "no such model", "unknown model", "invalid model"])
        {
            return remedy::get_model(provider, self.model.model());
        }
        format!("{} would reject it again: change what it names, or choose another model with --model", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::default_settings;

    fn provider(name: &str) -> Provider {
        Provider::find(name, &default_settings()).unwrap()
    }

    fn told(name: &str, error: CallErrorKind) -> String {
        Unreachable::new(&provider(name), error).to_string()
    }

    #[test]
    fn a_provider_that_is_not_there_is_told_with_its_address_its_words_and_what_to_type() {
        let refused = || CallErrorKind::Connection("Connection refused (os error 111)".into());
        let ollama = told("ollama", refused());
        for words in ["http://127.0.0.1:11434", "Connection refused", "`ollama serve`"] {
            assert!(ollama.contains(words), "{ollama}");
        }
        assert!(told("mistral", refused()).contains("check the network"));
        let key = told("openai", CallErrorKind::BadKey("Incorrect API key provided".into()));
        for words in ["https://api.openai.com/v1", "Incorrect API key provided", "`export OPENAI_API_KEY=...`"] {
            assert!(key.contains(words), "{key}");
        }
        let broken = CallErrorKind::Overloaded { status: 502, retry_after: None, detail: "Bad gateway".into() };
        let broken = told("groq", broken);
        assert!(broken.contains("(502): Bad gateway") && broken.contains("`bindery doctor`"), "{broken}");
    }

    #[test]
    fn the_advice_after_a_rejection_changes_the_request() {
        let advice = |name: &str, status: u16, detail: &str| {
            let model: ModelName = name.parse().unwrap();
            let error = CallErrorKind::BadRequest { status, detail: detail.into() };
            Rejected::new(&model, &provider(model.provider()), &error).unwrap().advice()
        };
        let small = "the request exceeds the available context size (2048 tokens)";
        assert!(advice("llamacpp:m", 400, small).contains("--ctx-size"));
        let missing = advice("ollama:llama3", 404, "model 'llama3' not found");
        assert!(missing.contains("`ollama pull llama3`"), "{missing}");
        assert!(advice("openai:gpt-9", 404, "The model does not exist").contains("--model"));
        assert!(advice("openai:gpt-4", 400, "tools are required").contains("another model"));
    }
}
