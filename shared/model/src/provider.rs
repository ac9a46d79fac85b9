//! The model servers, and the search for one by its name.

use std::{path::PathBuf, time::Duration};

use indexmap::IndexMap;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    BaseUrl, ConnectError, SchemaUse, Timers, json_form::JsonForm, openai::Variant, output_room::FIRST_REASONING,
    reasoning::reasons, request::Sampling,
};

/// The calls that run at once where the settings do not say: hosted servers take many, a user's own server few.
const CALLS_HOSTED: usize = 64;
const CALLS_LOCAL: usize = 2;

/// The dialect that a server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Chat completions, which most servers speak.
    #[default]
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
    /// Ollama's own.
    Ollama,
}

/// How a key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// In the header `authorization`, after the word `Bearer`.
    Bearer,
    /// In the header `api-key`, as Azure has it.
    ApiKey,
    /// In the header `x-api-key`, as Anthropic has it.
    XApiKey,
    /// Not at all.
    None,
}

/// The model servers by name, in the order in which they are offered.
pub type Providers = IndexMap<String, ProviderSettings>;

/// The settings needed to call models.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The model servers.
    pub providers: Providers,
    /// How long a call waits.
    pub timers: Timers,
}

/// The settings of a model server: its address, its dialect, and where its key is found. The key itself is no setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderSettings {
    /// The dialect that it speaks.
    pub dialect: Dialect,
    /// Its address, up to and including `/v1` or the like. Without it, the provider cannot be called.
    pub base_url: Option<BaseUrl>,
    /// The environment variables that may hold the key. The first one that is set counts.
    pub key_env: Vec<String>,
    /// The file that holds the key. It comes before the variables.
    pub key_file: Option<PathBuf>,
    /// How the key is sent. Unset, that follows from the dialect.
    pub auth: Option<Auth>,
    /// Headers of each request, in addition to the usual ones.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extra_headers: IndexMap<String, String>,
    /// The query of each request's address.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, String>,
    /// Fields of each request's body. They replace what the program writes there.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extra_body: IndexMap<String, Value>,
    /// Whether it runs on the user's own hardware, at no cost. Unset, that follows from its address.
    pub local: Option<bool>,
    /// How many calls may run at once. Unset, that follows from whether it is local.
    pub calls: Option<usize>,
    /// The output tokens that a call may use for reasoning, beyond those for its text. Unset, they follow from the model's
    /// name.
    pub reasoning_tokens: Option<u32>,
    /// The most output tokens that a call may ask for. Unset, the server's rejections tell.
    pub max_output_tokens: Option<u32>,
    /// The tokens of the prompt and the output together. Unset, the server's rejections tell.
    pub context_tokens: Option<u32>,
    /// How freely the model chooses its words. Unset, the server decides, as with the next two.
    pub temperature: Option<f64>,
    /// The share of the likeliest words among which the model chooses.
    pub top_p: Option<f64>,
    /// How much a model reasons, as the OpenAI dialect names it.
    pub reasoning_effort: Option<String>,
    /// Whether JSON is asked for by a schema.
    pub schema: SchemaUse,
    /// Whether a JSON object can be asked for.
    pub json_object: bool,
    /// Whether the usage must be asked for.
    pub ask_usage: bool,
    /// Whether `max_completion_tokens` bounds the output instead of `max_tokens`.
    pub max_completion_tokens: bool,
    /// Whether its list of models has their prices.
    pub lists_prices: bool,
    /// The model to suggest where the server cannot be asked which models it has.
    pub model: Option<String>,
}

impl Default for ProviderSettings {
    /// Returns what holds for most servers and does no harm with the others.
    fn default() -> Self {
        Self {
            dialect: Dialect::OpenAi,
            base_url: None,
            key_env: Vec::new(),
            key_file: None,
            auth: None,
            extra_headers: IndexMap::new(),
            query: IndexMap::new(),
            extra_body: IndexMap::new(),
            local: None,
            calls: None,
            reasoning_tokens: None,
            max_output_tokens: None,
            context_tokens: None,
            temperature: None,
            top_p: None,
            reasoning_effort: None,
            schema: SchemaUse::Auto,
            json_object: false,
            ask_usage: true,
            max_completion_tokens: false,
            lists_prices: false,
            model: None,
        }
    }
}

/// A provider that can be called: it has a name and an address.
#[derive(Clone, Debug)]
pub struct Provider {
    pub(crate) name: String,
    pub(crate) base_url: BaseUrl,
    pub(crate) settings: ProviderSettings,
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
    /// A server on this machine that asks for a key may be a gateway to a hosted one. If it counted as local, no budget
    /// would count its calls.
    pub(crate) fn local(&self) -> bool {
        self.settings.local.unwrap_or_else(|| self.base_url.on_loopback() && !self.key_needed())
    }

    /// Returns how many calls may run at once.
    pub(crate) fn calls(&self) -> usize {
        self.settings.calls.unwrap_or(if self.local() { CALLS_LOCAL } else { CALLS_HOSTED }).max(1)
    }

    /// Returns whether calls to it need a key.
    pub(crate) fn key_needed(&self) -> bool {
        !self.settings.key_env.is_empty() || self.settings.key_file.is_some()
    }

    /// Returns how many output tokens a call to this model may use for reasoning.
    pub(crate) fn reasoning_tokens(&self, model: &str) -> u32 {
        let reasons = self.settings.dialect != Dialect::Anthropic && reasons(model);
        self.settings.reasoning_tokens.unwrap_or(if reasons { FIRST_REASONING } else { 0 })
    }

    /// Returns how long a call to this model waits for its first token.
    pub(crate) fn first_token(&self, model: &str, timers: &Timers) -> Duration {
        if self.local() || self.reasoning_tokens(model) > 0 { timers.first_token_slow } else { timers.first_token }
    }

    /// Returns how a model is to choose its words.
    pub(crate) fn sampling(&self) -> Sampling {
        let ProviderSettings { temperature, top_p, reasoning_effort, .. } = &self.settings;
        Sampling { temperature: *temperature, top_p: *top_p, reasoning_effort: reasoning_effort.clone() }
    }

    /// Returns how JSON is asked for at first.
    pub(crate) fn json_form(&self) -> JsonForm {
        match self.settings.schema {
            SchemaUse::Auto => JsonForm::Schema,
            SchemaUse::Off => JsonForm::Object,
        }
    }

    /// Returns the dialect that it speaks at its address. Ollama speaks its own and, below `/v1`, that of OpenAI.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.settings.dialect {
            Dialect::Ollama if self.base_url.is_of_shared_dialect() => Dialect::OpenAi,
            dialect => dialect,
        }
    }

    /// Returns the URL of the list of its models.
    pub(crate) fn models_url(&self) -> Url {
        self.url(if self.dialect() == Dialect::Ollama { "v1/models" } else { "models" })
    }

    /// Returns the URL of an endpoint that a server has beside its shared dialect.
    pub(crate) fn root_url(&self, path: &str) -> Url {
        self.base_url.join_above_dialect(path)
    }

    /// Returns its address, as it is shown.
    pub(crate) fn address(&self) -> String {
        self.base_url.clone().into()
    }

    /// Returns how the key is sent.
    pub(crate) fn auth(&self) -> Auth {
        let usual = match self.settings.dialect {
            Dialect::Anthropic => Auth::XApiKey,
            Dialect::OpenAi | Dialect::Ollama => Auth::Bearer,
        };
        self.settings.auth.unwrap_or(usual)
    }

    /// Returns the URL of an endpoint, with the query of the settings.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.join(path);
        if !self.settings.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.settings.query);
        }
        url
    }

    /// Returns the variant of the OpenAI dialect that it speaks.
    pub(crate) fn variant(&self) -> Variant {
        let ProviderSettings { max_completion_tokens, ask_usage, json_object, .. } = self.settings;
        let max_tokens_field = if max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        Variant { max_tokens_field, ask_usage, json_object }
    }
}

fn unknown(name: &str, settings: &Settings) -> ConnectError {
    let known = settings.providers.keys().map(String::as_str).collect::<Vec<_>>();
    ConnectError::UnknownProvider { name: name.to_owned(), known: known.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{default_settings, settings_with};

    #[test]
    fn every_known_provider_is_found() {
        let settings = default_settings();
        for (name, known) in &settings.providers {
            if ["azure", "bedrock", "vertex"].contains(&name.as_str()) {
                let error = Provider::find(name, &settings).unwrap_err().to_string();
                assert!(error.contains("base_url"), "{error}");
                continue;
            }
            let provider = Provider::find(name, &settings).unwrap();
            let calls = match name.as_str() {
                "vllm" => 16,
                "stand-in" => 64,
                _ if provider.local() => 2,
                _ => 64,
            };
            assert_eq!(provider.calls(), calls, "{name}");
            assert_eq!(provider.key_needed(), !provider.local(), "{name}");
            let has_models_of_the_user = provider.local() || name == "litellm";
            assert_eq!(known.model.is_none(), has_models_of_the_user, "{name}");
        }
        let names = settings.providers.keys().map(String::as_str).collect::<Vec<_>>();
        let hosted = ["anthropic", "openai", "gemini", "openrouter", "groq", "mistral", "deepseek", "together", "xai"];
        let more = ["fireworks", "azure", "bedrock", "vertex", "litellm"];
        let local = ["ollama", "lmstudio", "llamacpp", "vllm", "stand-in"];
        assert_eq!(names, [hosted.as_slice(), &more, &local].concat());
    }

    #[test]
    fn a_known_provider_stays_hosted_or_local_at_another_address() {
        let mut settings = default_settings();
        for (name, address, local) in
            [("openai", "http://127.0.0.1:4000/v1", false), ("vllm", "https://gpu.example/v1", true)]
        {
            settings.providers[name].base_url = Some(address.to_owned().try_into().unwrap());
            assert_eq!(Provider::find(name, &settings).unwrap().local(), local, "{name}");
        }
    }

    #[test]
    fn a_new_provider_needs_only_an_address() {
        let settings = settings_with(
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
        assert_eq!(mine.reasoning_tokens("anything"), 7);
        let gateway = Provider::find("gateway", &settings).unwrap();
        assert!(!gateway.local() && gateway.key_needed());
        let lost = Provider::find("lost", &settings).unwrap_err().to_string();
        assert!(lost.contains("base_url"), "{lost}");
        let typo = Provider::find("opneai", &settings).unwrap_err().to_string();
        assert!(typo.contains("openai") && typo.contains("ours"), "{typo}");
    }

    #[test]
    fn each_server_is_called_in_its_variant() {
        let variant = |name: &str| Provider::find(name, &default_settings()).unwrap().variant();
        let plain = Variant { max_tokens_field: "max_tokens", ask_usage: true, json_object: true };
        assert_eq!(variant("groq"), plain);
        assert_eq!(variant("openai"), Variant { max_tokens_field: "max_completion_tokens", ..plain });
        assert_eq!(variant("mistral"), Variant { ask_usage: false, ..plain });
        assert_eq!(variant("together"), Variant { json_object: false, ..plain });
    }

    #[test]
    fn models_that_reason_get_tokens_for_it() {
        let reasoning_tokens = |provider: &str, model: &str| {
            Provider::find(provider, &default_settings()).unwrap().reasoning_tokens(model)
        };
        for model in ["gpt-5-mini", "o4-mini", "openai/gpt-oss-120b", "deepseek/deepseek-r1:free"] {
            assert_eq!(reasoning_tokens("openrouter", model), FIRST_REASONING, "{model}");
        }
        for model in ["gpt-4.1", "llama-3.3-70b-versatile", "deepseek-chat", "openai/gpt-4o"] {
            assert_eq!(reasoning_tokens("openrouter", model), 0, "{model}");
        }
        assert_eq!(reasoning_tokens("xai", "grok-3-non-reasoning"), 0);
    }
}
