//! The known providers, and what settings change about them or add to them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::known::{KNOWN, Known, reasons};
use super::openai::Accent;
use super::{BaseUrl, ConnectError, Timers};

/// How many calls run at once where the settings do not say: hosted servers take many, a machine's own few.
const CALLS_HOSTED: usize = 64;
const CALLS_LOCAL: usize = 2;

/// What a model that reasons may use beyond its text where the settings do not say.
const REASONING_ROOM: u32 = 8_192;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Chat completions.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// Everything about models that a user can set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What differs from the known providers, and further ones, by name.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// How long a call waits for what.
    pub timers: Timers,
    /// A file whose prices come before the built-in ones.
    pub prices: Option<PathBuf>,
}

/// What a user can set about one provider. What is left out stays as it is known, and for a new provider
/// is the OpenAI dialect without a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderSettings {
    /// What the server speaks.
    pub dialect: Option<Dialect>,
    /// Where it is, up to and including `/v1` or its like.
    pub base_url: Option<BaseUrl>,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// The file that holds the key; it comes before the variable.
    pub key_file: Option<PathBuf>,
    /// Whether it costs nothing and may take its time: true for servers on this machine. A gateway here that
    /// leads to a hosted server must say false, or no budget would count its calls.
    pub local: Option<bool>,
    /// How many calls may run at once.
    pub calls: Option<usize>,
    /// Output tokens a call may use to reason, beyond those for its text.
    pub reasoning_tokens: Option<u32>,
    /// Whether the server can be asked for a JSON object.
    pub json_object: Option<bool>,
}

/// A provider as the settings leave it.
#[derive(Clone, Debug)]
pub struct Provider {
    pub(super) name: String,
    pub(super) dialect: Dialect,
    pub(super) base_url: BaseUrl,
    pub(super) key_env: Vec<String>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) key_needed: bool,
    pub(super) local: bool,
    pub(super) calls: usize,
    pub(super) json_object: bool,
    reasoning_tokens: Option<u32>,
}

impl Provider {
    /// Finds a provider among the known ones and the settings.
    pub fn find(name: &str, settings: &Settings) -> Result<Self, ConnectError> {
        let known = KNOWN.iter().find(|known| known.name == name);
        let changed = settings.providers.get(name);
        match (known, changed) {
            (None, None) => Err(unknown(name, settings)),
            (Some(known), None) => Ok(Self::known(known)),
            (Some(known), Some(changed)) => Ok(Self::known(known).with(changed)),
            (None, Some(new)) => Self::new(name, new),
        }
    }

    /// Returns whether it runs on the user's own machines, at no cost.
    pub fn local(&self) -> bool {
        self.local
    }

    /// Returns how many calls may run at once.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// Returns what a call to this model may use to reason.
    pub(super) fn reasoning_room(&self, model: &str) -> u32 {
        let reasons = self.dialect == Dialect::OpenAi && reasons(model);
        self.reasoning_tokens.unwrap_or(if reasons { REASONING_ROOM } else { 0 })
    }

    /// Returns how long a call to this model waits for its first token.
    pub(super) fn first_token(&self, model: &str, timers: &Timers) -> Duration {
        if self.local || self.reasoning_room(model) > 0 { timers.first_token_slow } else { timers.first_token }
    }

    pub(super) fn accent(&self) -> Accent {
        Accent {
            // OpenAI's models that reason refuse the old name, other servers the new one.
            max_tokens: match self.name.as_str() {
                "openai" => "max_completion_tokens",
                _ => "max_tokens",
            },
            // Mistral refuses to be asked, and tells it anyway.
            ask_usage: self.name != "mistral",
            json_object: self.json_object,
        }
    }

    pub(super) fn known(known: &Known) -> Self {
        Self {
            name: known.name.to_owned(),
            dialect: known.dialect,
            base_url: BaseUrl::built_in(known.base_url),
            key_env: known.key_env.iter().map(|&name| name.into()).collect(),
            key_file: None,
            key_needed: !known.local,
            local: known.local,
            calls: if known.local { CALLS_LOCAL } else { CALLS_HOSTED },
            json_object: known.json_object,
            reasoning_tokens: None,
        }
    }

    fn new(name: &str, new: &ProviderSettings) -> Result<Self, ConnectError> {
        let base_url = new.base_url.clone().ok_or_else(|| ConnectError::NoBaseUrl(name.to_owned()))?;
        let local = new.local.unwrap_or_else(|| base_url.on_loopback());
        let provider = Self {
            name: name.to_owned(),
            dialect: Dialect::OpenAi,
            base_url,
            key_env: Vec::new(),
            key_file: None,
            key_needed: false,
            local,
            calls: if local { CALLS_LOCAL } else { CALLS_HOSTED },
            json_object: false,
            reasoning_tokens: None,
        };
        Ok(provider.with(new))
    }

    fn with(mut self, changed: &ProviderSettings) -> Self {
        let local = changed.local.unwrap_or(self.local);
        if local != self.local {
            self.local = local;
            self.key_needed = !local;
            self.calls = if local { CALLS_LOCAL } else { CALLS_HOSTED };
        }
        if let Some(name) = &changed.key_env {
            self.key_env = vec![name.clone()];
        }
        self.key_needed |= changed.key_env.is_some() || changed.key_file.is_some();
        Self {
            dialect: changed.dialect.unwrap_or(self.dialect),
            base_url: changed.base_url.clone().unwrap_or(self.base_url),
            key_file: changed.key_file.clone(),
            calls: changed.calls.unwrap_or(self.calls).max(1),
            json_object: changed.json_object.unwrap_or(self.json_object),
            reasoning_tokens: changed.reasoning_tokens,
            ..self
        }
    }
}

fn unknown(name: &str, settings: &Settings) -> ConnectError {
    let known = KNOWN.iter().map(|known| known.name);
    let added = settings.providers.keys().map(String::as_str);
    ConnectError::UnknownProvider { name: name.to_owned(), known: known.chain(added).collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Settings {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_known_provider_is_found() {
        for known in KNOWN {
            let provider = Provider::find(known.name, &Settings::default()).unwrap();
            assert_eq!(provider.calls(), if provider.local() { 2 } else { 64 });
            assert_eq!(provider.key_needed, !provider.local());
            assert_eq!(known.model.is_empty(), provider.local(), "{}", known.name);
        }
    }

    #[test]
    fn settings_change_a_known_provider_and_leave_the_rest() {
        let settings =
            settings(r#"{"providers": {"openai": {"base_url": "https://proxy.example/openai/", "calls": 8}}}"#);
        let provider = Provider::find("openai", &settings).unwrap();
        let url = provider.base_url.join("chat/completions");
        assert_eq!(url.as_str(), "https://proxy.example/openai/chat/completions");
        assert_eq!((provider.calls(), provider.local()), (8, false));
        assert_eq!(provider.key_env, ["OPENAI_API_KEY"]);
    }

    #[test]
    fn a_new_provider_needs_no_more_than_its_address() {
        let settings = settings(
            r#"{"providers": {
                "ours": {"base_url": "http://gpu.example:8000/v1"},
                "mine": {"base_url": "http://[::1]:9/v1", "reasoning_tokens": 7},
                "lost": {}}}"#,
        );
        let ours = Provider::find("ours", &settings).unwrap();
        assert!(!ours.local() && !ours.key_needed);
        let mine = Provider::find("mine", &settings).unwrap();
        assert!(mine.local());
        assert_eq!(mine.reasoning_room("anything"), 7);
        let lost = Provider::find("lost", &settings).unwrap_err().to_string();
        assert!(lost.contains("base_url"), "{lost}");
        let typo = Provider::find("opneai", &settings).unwrap_err().to_string();
        assert!(typo.contains("openai") && typo.contains("ours"), "{typo}");
    }

    #[test]
    fn unknown_settings_are_errors() {
        let json = r#"{"providers": {"x": {"baseurl": "http://h/v1"}}}"#;
        assert!(serde_json::from_str::<Settings>(json).is_err());
    }

    #[test]
    fn models_that_reason_get_room_for_it() {
        let room = |provider: &str, model: &str| {
            let provider = Provider::find(provider, &Settings::default()).unwrap();
            provider.reasoning_room(model)
        };
        for model in ["gpt-5-mini", "o4-mini", "openai/gpt-oss-120b", "deepseek/deepseek-r1:free"] {
            assert_eq!(room("openrouter", model), REASONING_ROOM, "{model}");
        }
        for model in ["gpt-4.1", "llama-3.3-70b-versatile", "deepseek-chat", "openai/gpt-4o"] {
            assert_eq!(room("openrouter", model), 0, "{model}");
        }
        assert_eq!(room("xai", "grok-3-non-reasoning"), 0);
    }
}
