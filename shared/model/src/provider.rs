//! The model servers, and how one is found by its name.

use std::{path::PathBuf, time::Duration};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{BaseUrl, ConnectError, Timers, openai::Accent, reasoning::reasons};

/// How many calls run at once where the settings do not say: hosted servers take many, a user's own few.
const CALLS_HOSTED: usize = 64;
const CALLS_LOCAL: usize = 2;

/// What a model that reasons may use beyond its text where the settings do not say.
const REASONING_ROOM: u32 = 8_192;

/// What a server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Chat completions, as most servers speak.
    #[default]
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// The model servers by name, in the order in which they are offered.
pub type Providers = IndexMap<String, ProviderSettings>;

/// What is needed to call models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The model servers.
    pub providers: Providers,
    /// How long a call waits for what.
    pub timers: Timers,
}

/// A model server: where it is, what it speaks, and where its key comes from. The key itself is no setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderSettings {
    /// What the server speaks.
    pub dialect: Dialect,
    /// Where it is, up to and including `/v1` or its like. Without it, the provider cannot be called.
    pub base_url: Option<BaseUrl>,
    /// The environment variables that may hold the key, the first that is set before the others.
    pub key_env: Vec<String>,
    /// The file that holds the key; it comes before the variables.
    pub key_file: Option<PathBuf>,
    /// Whether it runs on the user's own hardware, at no cost; unset, that follows from its address.
    pub local: Option<bool>,
    /// How many calls may run at once; unset, that follows from whether it is local.
    pub calls: Option<usize>,
    /// Output tokens a call may use to reason, beyond those for its text; unset, that follows from the model's name.
    pub reasoning_tokens: Option<u32>,
    /// Whether it can be asked for a JSON object.
    pub json_object: bool,
    /// Whether usage must be asked for.
    pub ask_usage: bool,
    /// Whether `max_completion_tokens` bounds the output instead of `max_tokens`.
    pub max_completion_tokens: bool,
    /// The model to begin with, where the server cannot be asked which ones it has.
    pub model: Option<String>,
}

impl Default for ProviderSettings {
    /// Returns what holds for most servers, and can be asked of any.
    fn default() -> Self {
        Self {
            dialect: Dialect::OpenAi,
            base_url: None,
            key_env: Vec::new(),
            key_file: None,
            local: None,
            calls: None,
            reasoning_tokens: None,
            json_object: false,
            ask_usage: true,
            max_completion_tokens: false,
            model: None,
        }
    }
}

/// A provider that can be called: one with a name and an address.
#[derive(Clone, Debug)]
pub struct Provider {
    pub(super) name: String,
    pub(super) base_url: BaseUrl,
    pub(super) settings: ProviderSettings,
}

impl Provider {
    /// Finds a provider by its name.
    pub fn find(name: &str, settings: &Settings) -> Result<Self, ConnectError> {
        let found = settings.providers.get(name).ok_or_else(|| unknown(name, settings))?;
        let base_url = found.base_url.clone().ok_or_else(|| ConnectError::NoBaseUrl(name.to_owned()))?;
        Ok(Self { name: name.to_owned(), base_url, settings: found.clone() })
    }

    /// Returns whether it runs on the user's own machines, at no cost.
    ///
    /// A server on this machine that asks for a key may be a gateway to a hosted one. Taken for local, no budget
    /// would count its calls.
    pub fn local(&self) -> bool {
        self.settings.local.unwrap_or_else(|| self.base_url.on_loopback() && !self.key_needed())
    }

    /// Returns how many calls may run at once.
    pub fn calls(&self) -> usize {
        self.settings.calls.unwrap_or(if self.local() { CALLS_LOCAL } else { CALLS_HOSTED }).max(1)
    }

    /// Returns whether it cannot be called without a key.
    pub(super) fn key_needed(&self) -> bool {
        !self.settings.key_env.is_empty() || self.settings.key_file.is_some()
    }

    /// Returns what a call to this model may use to reason.
    pub(super) fn reasoning_room(&self, model: &str) -> u32 {
        let reasons = self.settings.dialect == Dialect::OpenAi && reasons(model);
        self.settings.reasoning_tokens.unwrap_or(if reasons { REASONING_ROOM } else { 0 })
    }

    /// Returns how long a call to this model waits for its first token.
    pub(super) fn first_token(&self, model: &str, timers: &Timers) -> Duration {
        if self.local() || self.reasoning_room(model) > 0 { timers.first_token_slow } else { timers.first_token }
    }

    pub(super) fn accent(&self) -> Accent {
        let ProviderSettings { max_completion_tokens, ask_usage, json_object, .. } = self.settings;
        let max_tokens = if max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        Accent { max_tokens, ask_usage, json_object }
    }
}

fn unknown(name: &str, settings: &Settings) -> ConnectError {
    let known = settings.providers.keys().map(String::as_str).collect::<Vec<_>>();
    ConnectError::UnknownProvider { name: name.to_owned(), known: known.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{known, with};

    #[test]
    fn every_known_provider_is_found() {
        let settings = known();
        for (name, known) in &settings.providers {
            let provider = Provider::find(name, &settings).unwrap();
            let few = provider.local() && name != "stand-in";
            assert_eq!(provider.calls(), if few { 2 } else { 64 }, "{name}");
            assert_eq!(provider.key_needed(), !provider.local());
            assert_eq!(known.model.is_none(), provider.local(), "{name}");
        }
        let names = settings.providers.keys().map(String::as_str).collect::<Vec<_>>();
        let hosted = ["anthropic", "openai", "gemini", "openrouter", "groq", "mistral", "deepseek", "together", "xai"];
        let local = ["ollama", "lmstudio", "llamacpp", "vllm", "stand-in"];
        assert_eq!(names, [hosted.as_slice(), local.as_slice()].concat());
    }

    #[test]
    fn a_known_provider_keeps_its_nature_behind_another_address() {
        let mut settings = known();
        for (name, address, local) in
            [("openai", "http://127.0.0.1:4000/v1", false), ("vllm", "https://gpu.example/v1", true)]
        {
            settings.providers[name].base_url = Some(address.to_owned().try_into().unwrap());
            assert_eq!(Provider::find(name, &settings).unwrap().local(), local, "{name}");
        }
    }

    #[test]
    fn a_new_provider_needs_no_more_than_its_address() {
        let settings = with(
            "[ours]
             base_url = 'http://gpu.example:8000/v1'
             [mine]
             base_url = 'http://[::1]:9/v1'
             reasoning_tokens = 7
             [gateway]
             base_url = 'http://localhost:4000/v1'
             key_env = ['GATEWAY_KEY']
             [lost]",
        );
        let ours = Provider::find("ours", &settings).unwrap();
        assert!(!ours.local() && !ours.key_needed());
        let mine = Provider::find("mine", &settings).unwrap();
        assert!(mine.local() && !mine.key_needed());
        assert_eq!(mine.reasoning_room("anything"), 7);
        let gateway = Provider::find("gateway", &settings).unwrap();
        assert!(!gateway.local() && gateway.key_needed());
        let lost = Provider::find("lost", &settings).unwrap_err().to_string();
        assert!(lost.contains("base_url"), "{lost}");
        let typo = Provider::find("opneai", &settings).unwrap_err().to_string();
        assert!(typo.contains("openai") && typo.contains("ours"), "{typo}");
    }

    #[test]
    fn each_server_is_asked_in_its_own_accent() {
        let accent = |name: &str| Provider::find(name, &known()).unwrap().accent();
        let plain = Accent { max_tokens: "max_tokens", ask_usage: true, json_object: true };
        assert_eq!(accent("groq"), plain);
        assert_eq!(accent("openai"), Accent { max_tokens: "max_completion_tokens", ..plain });
        assert_eq!(accent("mistral"), Accent { ask_usage: false, ..plain });
        assert_eq!(accent("together"), Accent { json_object: false, ..plain });
    }

    #[test]
    fn models_that_reason_get_room_for_it() {
        let room = |provider: &str, model: &str| Provider::find(provider, &known()).unwrap().reasoning_room(model);
        for model in ["gpt-5-mini", "o4-mini", "openai/gpt-oss-120b", "deepseek/deepseek-r1:free"] {
            assert_eq!(room("openrouter", model), REASONING_ROOM, "{model}");
        }
        for model in ["gpt-4.1", "llama-3.3-70b-versatile", "deepseek-chat", "openai/gpt-4o"] {
            assert_eq!(room("openrouter", model), 0, "{model}");
        }
        assert_eq!(room("xai", "grok-3-non-reasoning"), 0);
    }
}
