//! Finds a model by its name, with the key and the headers for its calls.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use bindery_domain::ModelName;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Model,
    anthropic::{self, Anthropic},
    client,
    http::{Server, WireFormat},
    ollama::Ollama,
    openai::OpenAi,
    output_room::OutputRoom,
    provider::{Auth, Dialect, Provider, ProviderSettings, Settings},
    request::{Lessons, RequestForm},
    self_report::Inquiry,
};

/// The length of the longest key. A longer file holds something else.
const LONGEST_KEY: u64 = 16 << 10;

/// Looks up an environment variable.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Why a model cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There is no provider with this name.
    #[error("`{name}` is no provider: use one of {known}, or give it a base_url in the settings")]
    UnknownProvider {
        /// The name that was given.
        name: String,
        /// The names of all providers.
        known: String,
    },
    /// The settings add a provider without its address.
    #[error("the settings for the provider `{0}` lack its base_url; docs/models.md shows what to set")]
    NoBaseUrl(String),
    /// No key was found where one is needed.
    #[error("the provider `{provider}` needs a key: set {places}, or key_file in its settings")]
    NoKey {
        /// The provider that the key belongs to.
        provider: String,
        /// The variables that may hold the key.
        places: String,
    },
    /// The key file cannot be read.
    #[error("failed to read the key of `{provider}` from {}: {source}", path.display())]
    KeyFile {
        /// The provider that the key belongs to.
        provider: String,
        /// The key file.
        path: PathBuf,
        /// Why reading it failed.
        source: io::Error,
    },
    /// The key holds characters that cannot be sent in a header.
    #[error("the key of `{0}` holds characters that cannot be sent: check how it was copied")]
    OddKey(String),
    /// A header of the settings cannot be sent.
    #[error("the header `{header}` in the extra_headers of `{provider}` cannot be sent: check its name and its value")]
    OddHeader {
        /// The provider with the header.
        provider: String,
        /// The name of the header.
        header: String,
    },
    /// The HTTP client cannot be set up.
    #[error("failed to set up TLS: {0}")]
    Client(String),
}

/// Returns the model with this name. It sends nothing yet.
pub fn connect(
    name: &ModelName,
    settings: &Settings,
    environment: &Environment<'_>,
) -> Result<Arc<dyn Model>, ConnectError> {
    let provider = Provider::find(name.provider(), settings)?;
    let key = key(&provider, environment)?;
    let model = name.model().to_owned();
    let format: Box<dyn WireFormat> = match provider.dialect() {
        Dialect::Anthropic => Box::new(Anthropic { model }),
        Dialect::Ollama => {
            Box::new(Ollama::new(model, provider.settings.json_object, provider.settings.context_tokens))
        }
        Dialect::OpenAi => Box::new(OpenAi { model, variant: provider.variant() }),
    };
    let url = provider.url(format.path());
    let ProviderSettings { max_output_tokens, context_tokens, extra_body, .. } = &provider.settings;
    let room = OutputRoom::new(provider.reasoning_tokens(name.model()), *max_output_tokens, *context_tokens);
    let lessons = Lessons::asking(provider.json_form());
    let form =
        RequestForm { format, sampling: provider.sampling(), extra: extra_body.clone(), lessons: lessons.into() };
    let timers = settings.timers;
    let client = client::client(&url, &timers);
    Ok(Arc::new(Server {
        name: name.clone(),
        client: client.map_err(|error| ConnectError::Client(client::cause(error)))?,
        url,
        headers: headers(&provider, key.as_ref())?,
        key,
        form,
        first_token: provider.first_token(name.model(), &timers),
        timers,
        activity: provider.local().then(Arc::default),
        inquiry: Inquiry::of(&provider),
        room,
        has_answered: AtomicBool::new(false),
        told_of_cut: AtomicBool::new(false),
    }))
}

/// Finds a provider's key: in its file, or in the first of its variables that is set. Returns `None` where there is no
/// key and none is needed.
pub(crate) fn key(provider: &Provider, environment: &Environment<'_>) -> Result<Option<SecretString>, ConnectError> {
    let found = match &provider.settings.key_file {
        Some(path) => Some(read(path).map_err(|source| ConnectError::KeyFile {
            provider: provider.name.clone(),
            path: path.clone(),
            source,
        })?),
        None => variable_set(provider, environment).map(|variable| variable.value),
    };
    let found = found.map(|key| key.trim().to_owned());
    match found.filter(|key| !key.is_empty()) {
        Some(key) => Ok(Some(key.into())),
        None if provider.key_needed() => Err(ConnectError::NoKey {
            provider: provider.name.clone(),
            places: match provider.settings.key_env.join(" or ") {
                none if none.is_empty() => "key_env".to_owned(),
                places => places,
            },
        }),
        None => Ok(None),
    }
}

/// An environment variable that is set.
pub(crate) struct Variable<'p> {
    pub(crate) name: &'p str,
    value: String,
}

/// Returns the first of a provider's variables that is set.
pub(crate) fn variable_set<'p>(provider: &'p Provider, environment: &Environment<'_>) -> Option<Variable<'p>> {
    provider.settings.key_env.iter().find_map(|name| {
        let value = environment(name).filter(|value| !value.trim().is_empty())?;
        Some(Variable { name, value })
    })
}

fn read(path: &Path) -> io::Result<String> {
    let mut key = String::new();
    File::open(path)?.take(LONGEST_KEY).read_to_string(&mut key)?;
    Ok(key)
}

/// Returns the headers of each request to a provider.
pub(crate) fn headers(provider: &Provider, key: Option<&SecretString>) -> Result<HeaderMap, ConnectError> {
    let mut headers = HeaderMap::new();
    if provider.settings.dialect == Dialect::Anthropic {
        let version = HeaderValue::from_static(anthropic::VERSION);
        headers.insert("anthropic-version", version);
    }
    for (header, value) in &provider.settings.extra_headers {
        let odd = || ConnectError::OddHeader { provider: provider.name.clone(), header: header.clone() };
        let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| odd())?;
        headers.insert(name, client::sensitive(value).ok_or_else(odd)?);
    }
    let Some(key) = key else {
        return Ok(headers);
    };
    let key = key.expose_secret();
    let (name, value) = match provider.auth() {
        Auth::Bearer => (AUTHORIZATION, format!("Bearer {key}")),
        Auth::ApiKey => (HeaderName::from_static("api-key"), key.to_owned()),
        Auth::XApiKey => (HeaderName::from_static("x-api-key"), key.to_owned()),
        Auth::None => return Ok(headers),
    };
    let value = client::sensitive(&value).ok_or_else(|| ConnectError::OddKey(provider.name.clone()))?;
    headers.insert(name, value);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::fake::default_settings;

    fn try_connect(name: &str, key: Option<&str>) -> Result<(), String> {
        let environment = |_: &str| key.map(str::to_owned);
        connect(&name.parse().unwrap(), &default_settings(), &environment)
            .map(|_| ())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_missing_key_error_says_where_to_put_it() {
        let error = try_connect("openai:gpt-4.1", None).unwrap_err();
        assert!(error.contains("OPENAI_API_KEY"), "{error}");
        let error = try_connect("gemini:gemini-2.5-pro", Some("  ")).unwrap_err();
        assert!(error.contains("GEMINI_API_KEY or GOOGLE_API_KEY"), "{error}");
        try_connect("openai:gpt-4.1", Some(" sk-1\n")).unwrap();
        try_connect("ollama:llama3.2", None).unwrap();
    }

    #[test]
    fn an_empty_variable_is_skipped() {
        let provider = Provider::find("gemini", &default_settings()).unwrap();
        let environment = |name: &str| Some(if name == "GOOGLE_API_KEY" { "g-1" } else { " " }.to_owned());
        assert_eq!(key(&provider, &environment).unwrap().unwrap().expose_secret(), "g-1");
    }

    #[test]
    fn an_unsendable_key_is_not_repeated() {
        let error = try_connect("openai:gpt-4.1", Some("sk-hunter\n2")).unwrap_err();
        assert!(error.contains("`openai`") && !error.contains("hunter"), "{error}");
    }

    #[test]
    fn a_key_file_comes_before_the_variable() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, " sk-file ").unwrap();
        let provider = |path: &Path| {
            let mut settings = default_settings();
            settings.providers["openai"].key_file = Some(path.to_owned());
            Provider::find("openai", &settings).unwrap()
        };
        let environment = |_: &str| Some("sk-variable".to_owned());
        let found = key(&provider(file.path()), &environment).unwrap().unwrap();
        assert_eq!(found.expose_secret(), "sk-file");
        let missing = key(&provider(Path::new("/nowhere/key")), &environment);
        let error = missing.unwrap_err().to_string();
        assert!(error.contains("/nowhere/key"), "{error}");
    }

    #[test]
    fn no_debug_output_shows_a_key() {
        let secret = SecretString::from("sk-hunter2");
        for name in ["openai", "anthropic"] {
            let provider = Provider::find(name, &default_settings()).unwrap();
            let headers = headers(&provider, Some(&secret)).unwrap();
            assert_eq!(headers.values().filter(|value| value.is_sensitive()).count(), 1);
            let shown = format!("{secret:?} {headers:?} {provider:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
