//! Finds the models a user can already call: by the keys in the environment, and by the servers on this machine.

use std::time::Duration;

use bindery_domain::ModelName;
use futures_util::{StreamExt, future::join_all};
use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    Provider, Settings, client,
    connect::{Environment, headers, key, variable_set},
};

/// How long to wait for a server on this machine. A running one answers at once.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// The length of the longest list of models that is read.
const LONGEST_LIST: usize = 1 << 20;

/// A provider that the user can already call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// The name of the provider.
    pub provider: String,
    /// How it was found, like `OPENAI_API_KEY is set`.
    pub evidence: String,
    /// A model to begin with; `None` where a server has no model.
    pub model: Option<ModelName>,
}

impl Discovered {
    /// Returns the command-line flag that selects it.
    pub fn flag(&self) -> String {
        match &self.model {
            Some(model) => format!("--model {model}"),
            None => format!("--model {}:NAME", self.provider),
        }
    }
}

/// Finds the providers that the user can already call, hosted ones first. It sends requests to servers on this machine
/// alone.
pub async fn discover(settings: &Settings, environment: &Environment<'_>) -> Vec<Discovered> {
    let mut found = with_keys(settings, environment);
    let queries = local(settings).into_iter().map(|provider| {
        let key = key(&provider, environment).unwrap_or_default();
        let headers = headers(&provider, key.as_ref()).unwrap_or_default();
        query(provider, headers, settings)
    });
    found.extend(join_all(queries).await.into_iter().flatten());
    found
}

fn with_keys(settings: &Settings, environment: &Environment<'_>) -> Vec<Discovered> {
    let hosted = callable(settings).filter(|provider| !provider.local()).filter_map(|provider| {
        let evidence = match &provider.settings.key_file {
            Some(file) => format!("{} is its key_file", file.display()),
            None => format!("{} is set", variable_set(&provider, environment)?.name),
        };
        let model = provider.settings.model.as_ref().and_then(|model| model_name(&provider.name, model));
        Some(Discovered { provider: provider.name, evidence, model })
    });
    hosted.collect()
}

/// Returns the providers that run on this machine, without the stand-in, which writes no real book.
fn local(settings: &Settings) -> Vec<Provider> {
    callable(settings).filter(Provider::local).filter(|provider| provider.name != "stand-in").collect()
}

fn callable(settings: &Settings) -> impl Iterator<Item = Provider> {
    settings.providers.keys().filter_map(|name| Provider::find(name, settings).ok())
}

async fn query(provider: Provider, headers: reqwest::header::HeaderMap, settings: &Settings) -> Option<Discovered> {
    let url = provider.models_url();
    let client = client::client(&url, &settings.timers).ok()?;
    let request = client.get(url).headers(headers).send();
    let models = timeout(ANSWER_TIMEOUT, async { models(request.await.ok()?).await });
    let models = models.await.ok().flatten()?;
    let writes_text = |name: &&String| !name.to_lowercase().contains("embed");
    let model = models.iter().find(writes_text);
    Some(Discovered {
        evidence: format!("a server answers at {}", provider.base_url),
        model: model.and_then(|model| model_name(&provider.name, model)),
        provider: provider.name,
    })
}

fn model_name(provider: &str, model: &str) -> Option<ModelName> {
    format!("{provider}:{model}").parse().ok()
}

/// Reads a list of models of at most this many bytes. Returns `None` for an answer that is no JSON.
pub(crate) async fn list(response: Response, longest: usize) -> Option<Value> {
    let mut body = Vec::new();
    let mut chunks = response.error_for_status().ok()?.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.ok()?);
        (body.len() <= longest).then_some(())?;
    }
    serde_json::from_slice(&body).ok()
}

/// Reads the names in a list of models. Returns `None` for any other answer, which another program on the port gives.
async fn models(response: Response) -> Option<Vec<String>> {
    let list = list(response, LONGEST_LIST).await?;
    // Ollama sends `null` when it has no models.
    let models = match list.get("data")? {
        Value::Null => &[],
        data => data.as_array()?.as_slice(),
    };
    let ids = models.iter().filter_map(|model| model.get("id")?.as_str().map(str::to_owned));
    Some(ids.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{FakeServer, default_settings, json_response, settings_with};

    #[test]
    fn a_key_in_the_environment_is_found_with_a_model_to_begin_with() {
        let environment = |name: &str| match name {
            "GROQ_API_KEY" => Some("gsk".to_owned()),
            "OPENAI_API_KEY" => Some("  ".to_owned()),
            _ => None,
        };
        let found = with_keys(&default_settings(), &environment);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].evidence, "GROQ_API_KEY is set");
        assert_eq!(found[0].flag(), "--model groq:llama-3.3-70b-versatile");
    }

    #[test]
    fn a_provider_that_the_user_added_is_found_by_its_key() {
        let settings =
            settings_with("[work]\nbase_url = 'https://models.example/v1'\nkey_env = ['OLD_KEY', 'WORK_KEY']");
        let environment = |name: &str| (name == "WORK_KEY").then(|| "sk".to_owned());
        let found = with_keys(&settings, &environment);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].evidence.as_str(), found[0].flag().as_str()), ("WORK_KEY is set", "--model work:NAME"));
    }

    #[test]
    fn only_servers_on_this_machine_are_queried_and_not_the_stand_in() {
        let settings =
            settings_with("mine.base_url = 'http://localhost:1/v1'\nours.base_url = 'http://gpu.example/v1'");
        let names: Vec<_> = local(&settings).into_iter().map(|provider| provider.name).collect();
        assert_eq!(names, ["ollama", "lmstudio", "llamacpp", "vllm", "mine"]);
    }

    async fn queried(body: &str) -> Option<Discovered> {
        let server = FakeServer::answering([json_response(200, body)]);
        let settings = server.settings("ollama");
        let provider = Provider::find("ollama", &settings).unwrap();
        query(provider, Default::default(), &settings).await
    }

    #[tokio::test]
    async fn a_server_is_found_with_its_first_model_that_writes_text() {
        let list = r#"{"object":"list","data":[{"id":"nomic-embed-text"},{"id":"llama3.2:3b"}]}"#;
        let found = queried(list).await.unwrap();
        assert_eq!(found.flag(), "--model ollama:llama3.2:3b");
        assert!(found.evidence.contains("http://127.0.0.1:"), "{}", found.evidence);
        let found = queried(r#"{"object":"list","data":null}"#).await.unwrap();
        assert_eq!(found.flag(), "--model ollama:NAME");
    }

    #[tokio::test]
    async fn another_program_on_the_port_is_not_taken_for_a_model_server() {
        assert_eq!(queried("<html>It works!</html>").await, None);
        assert_eq!(queried(r#"{"status":"UP"}"#).await, None);
    }
}
