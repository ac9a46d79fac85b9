//! What a local server tells of itself: the context that it gives a call, and how many calls it takes at once.
//!
//! - llama.cpp: `/props` and `/v1/models`, <https://github.com/ggml-org/llama.cpp/tree/master/tools/server>
//! - vLLM: `max_model_len` in `/v1/models`
//! - LM Studio: `/api/v0/models`, <https://lmstudio.ai/docs/developer/rest/endpoints>
//! - Ollama: `/api/show` and `/api/ps`, <https://docs.ollama.com/api>

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::{Client, RequestBuilder, Url, header::HeaderMap};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{Dialect, Provider};

/// How long a server may take to tell of itself. A running one answers at once.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The length of the longest report that is read. A report of llama.cpp or Ollama holds the template of the model.
const LONGEST_REPORT: usize = 4 << 20;

/// What a server tells of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SelfReport {
    /// The tokens of the prompt and the output of one call together; `None` where it does not tell.
    pub context_tokens: Option<u32>,
    /// How many calls it works on at once; `None` where it does not tell.
    pub slots: Option<usize>,
}

impl SelfReport {
    fn or(self, other: Self) -> Self {
        Self { context_tokens: self.context_tokens.or(other.context_tokens), slots: self.slots.or(other.slots) }
    }
}

/// Where a server tells of itself.
pub(crate) struct Inquiry {
    dialect: Dialect,
    /// Whether the server is asked for a context by each call, so that the largest one of the model counts.
    sets_context: bool,
    models: Url,
    props: Url,
    lm_studio: Url,
    ollama_model: Url,
    ollama_running: Url,
}

impl Inquiry {
    /// Returns where a provider tells of itself; `None` for a hosted one, which is not asked.
    pub(crate) fn of(provider: &Provider) -> Option<Self> {
        // The stand-in takes any prompt.
        (provider.local() && provider.name != "stand-in").then(|| Self {
            dialect: provider.settings.dialect,
            sets_context: provider.dialect() == Dialect::Ollama,
            models: provider.models_url(),
            props: provider.root_url("props"),
            lm_studio: provider.root_url("api/v0/models"),
            ollama_model: provider.root_url("api/show"),
            ollama_running: provider.root_url("api/ps"),
        })
    }

    /// Asks the server; `None` where it does not answer.
    pub(crate) async fn ask(&self, client: &Client, headers: &HeaderMap, model: &str) -> Option<SelfReport> {
        let get = |url: &Url| client.get(url.clone()).headers(headers.clone());
        if self.dialect == Dialect::Ollama {
            let named = json!({"model": model}).to_string();
            let show = client.post(self.ollama_model.clone()).headers(headers.clone()).body(named);
            let request = if self.sets_context { show } else { get(&self.ollama_running) };
            let report = answer(request).await?;
            return Some(if self.sets_context { of_ollama_model(&report) } else { of_list(&report, model) });
        }
        let listed = of_list(&answer(get(&self.models)).await?, model);
        let (props, lm_studio) = tokio::join!(answer(get(&self.props)), answer(get(&self.lm_studio)));
        let props = props.map(|report| of_props(&report)).unwrap_or_default();
        let lm_studio = lm_studio.map(|report| of_list(&report, model)).unwrap_or_default();
        Some(props.or(lm_studio).or(listed))
    }
}

/// Sends a request and reads the JSON of its answer. An error in JSON is an answer that tells nothing.
async fn answer(request: RequestBuilder) -> Option<Value> {
    let reading = async {
        let mut chunks = request.send().await.ok()?.bytes_stream();
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.ok()?);
            (body.len() <= LONGEST_REPORT).then_some(())?;
        }
        Some(serde_json::from_slice(&body).unwrap_or_default())
    };
    timeout(ANSWER_TIMEOUT, reading).await.ok()?
}

fn tokens(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|tokens| tokens.try_into().ok()).filter(|tokens| *tokens > 0)
}

fn of_props(report: &Value) -> SelfReport {
    let slots = report.get("total_slots").and_then(Value::as_u64).and_then(|slots| slots.try_into().ok());
    SelfReport {
        context_tokens: report.pointer("/default_generation_settings/n_ctx").and_then(tokens),
        slots: slots.filter(|slots| *slots > 0),
    }
}

/// Reads the entry of a model in a list of models. A server with one model takes any name for it.
fn of_list(report: &Value, model: &str) -> SelfReport {
    const CONTEXT: [&str; 5] =
        ["/max_model_len", "/meta/n_ctx", "/loaded_context_length", "/context_length", "/context_window"];
    let list = ["data", "models"].into_iter().find_map(|name| report.get(name)?.as_array());
    let models = list.map(Vec::as_slice).unwrap_or_default();
    let is_named =
        |entry: &&Value| ["id", "name", "model"].iter().any(|key| entry.get(key).is_some_and(|id| id == model));
    let only = || Some(models).filter(|models| models.len() == 1).and_then(<[Value]>::first);
    let entry = models.iter().find(is_named).or_else(only);
    let context_tokens = entry.and_then(|entry| CONTEXT.iter().find_map(|place| entry.pointer(place).and_then(tokens)));
    SelfReport { context_tokens, slots: None }
}

/// Reads the largest context of a model. Its key begins with the model's architecture.
fn of_ollama_model(report: &Value) -> SelfReport {
    let info = report.get("model_info").and_then(Value::as_object);
    let length = info.and_then(|info| info.iter().find(|(key, _)| key.ends_with(".context_length")));
    SelfReport { context_tokens: length.and_then(|(_, length)| tokens(length)), slots: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connect,
        fake::{FakeServer, json_response, settings_at},
    };

    const NOTHING: &str = r#"{"error":{"code":404,"message":"File Not Found"}}"#;

    /// Returns what a provider tells that gives these answers, one to each request in turn.
    async fn told(provider: &str, model: &str, answers: &[&str]) -> SelfReport {
        told_below("/v1", provider, model, answers).await
    }

    async fn told_below(path: &str, provider: &str, model: &str, answers: &[&str]) -> SelfReport {
        let server = FakeServer::answering(answers.iter().map(|body| json_response(200, body)));
        let settings = settings_at(provider, &format!("http://127.0.0.1:{}{path}", server.port()));
        let model = connect(&format!("{provider}:{model}").parse().unwrap(), &settings, &|_| None).unwrap();
        model.ask_about_itself().await.unwrap()
    }

    #[tokio::test]
    async fn a_server_tells_its_context_in_the_way_of_its_maker() {
        let vllm = r#"{"object":"list","data":[{"id":"org/m","max_model_len":8192},{"id":"lora","max_model_len":1}]}"#;
        assert_eq!(told("vllm", "org/m", &[vllm, NOTHING, NOTHING]).await.context_tokens, Some(8_192));
        let llamacpp = r#"{"object":"list","data":[{"id":"/models/m.gguf","meta":{"n_ctx":4096,"n_ctx_train":8192}}]}"#;
        assert_eq!(told("llamacpp", "any", &[llamacpp, NOTHING, NOTHING]).await.context_tokens, Some(4_096));
        let ps = r#"{"models":[{"name":"m:1b","model":"m:1b","context_length":16384}]}"#;
        assert_eq!(told("ollama", "m:1b", &[ps]).await.context_tokens, Some(16_384));
        let show = r#"{"template":"...","model_info":{"llama.context_length":131072,"llama.embedding_length":4096}}"#;
        assert_eq!(told_below("", "ollama", "m:1b", &[show]).await.context_tokens, Some(131_072));
    }

    #[test]
    fn the_slots_of_llama_cpp_and_the_loaded_context_of_lm_studio_are_read() {
        let props = json!({"default_generation_settings": {"n_ctx": 2048, "params": {}}, "total_slots": 3});
        assert_eq!(of_props(&props), SelfReport { context_tokens: Some(2_048), slots: Some(3) });
        let studio = json!({"object": "list", "data": [
            {"id": "a", "state": "not-loaded", "max_context_length": 131_072},
            {"id": "b", "state": "loaded", "max_context_length": 131_072, "loaded_context_length": 4_096},
        ]});
        assert_eq!(of_list(&studio, "b").context_tokens, Some(4_096));
        assert_eq!(of_list(&studio, "a").context_tokens, None, "it is loaded with a context that nobody knows yet");
    }

    #[tokio::test]
    async fn a_server_that_tells_nothing_is_used_as_it_is_and_one_that_is_not_there_tells_nothing() {
        assert_eq!(told("llamacpp", "m", &["<html>", NOTHING, NOTHING]).await, SelfReport::default());
        let nobody = settings_at("llamacpp", "http://127.0.0.1:9/v1");
        let model = connect(&"llamacpp:m".parse().unwrap(), &nobody, &|_| None).unwrap();
        assert_eq!(model.ask_about_itself().await, None);
    }
}
