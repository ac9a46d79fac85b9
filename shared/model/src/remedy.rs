//! What a user types where a server is not there, or where its context is too small.

/// Returns how the server of a provider is started; `None` for one that the user does not run.
pub(crate) fn start(provider: &str) -> Option<&'static str> {
    Some(match provider {
        "ollama" => "start it with `ollama serve`",
        "llamacpp" => "start it with `llama-server --model FILE.gguf --ctx-size 16384`",
        "lmstudio" => "start it with `lms server start`",
        "vllm" => "start it with `vllm serve MODEL`",
        _ => return None,
    })
}

/// Returns how the context of a provider's server is raised.
pub fn raise_context(provider: &str) -> &'static str {
    match provider {
        "ollama" => {
            "raise the context, with OLLAMA_CONTEXT_LENGTH=16384 for `ollama serve`, or use a base_url that does not end \
             in /v1, where the context fits each call"
        }
        "llamacpp" => "raise the context, with `llama-server --ctx-size 16384`",
        "lmstudio" => "raise the context length with which LM Studio loads the model",
        "vllm" => "raise the context, with `vllm serve --max-model-len 16384`",
        _ => "raise the server's context, or choose a model with a larger one",
    }
}

/// Returns how a model is made available that a provider's server does not know.
pub(crate) fn get_model(provider: &str, model: &str) -> String {
    match provider {
        "ollama" => format!("fetch it with `ollama pull {model}`, or choose one that `ollama list` names"),
        "lmstudio" => format!("fetch it with `lms get {model}`, or choose one that `lms ls` names"),
        _ => "choose a model that the provider has, with `--model PROVIDER:MODEL`".to_owned(),
    }
}
