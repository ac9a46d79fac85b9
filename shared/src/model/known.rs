//! What is known of the providers and their models without any settings.

use super::Dialect;

/// What is known of a provider without any settings.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) dialect: Dialect,
    pub(super) base_url: &'static str,
    pub(super) key_env: &'static [&'static str],
    pub(super) local: bool,
    pub(super) json_object: bool,
    /// A model to begin with, where the server cannot be asked for one.
    pub(super) model: &'static str,
}

const fn hosted(
    name: &'static str,
    base_url: &'static str,
    key_env: &'static [&'static str],
    model: &'static str,
) -> Known {
    Known { name, dialect: Dialect::OpenAi, base_url, key_env, local: false, json_object: true, model }
}

const fn local(name: &'static str, base_url: &'static str) -> Known {
    Known { local: true, ..hosted(name, base_url, &[], "") }
}

/// The known providers, in the order in which one would try them.
pub(super) const KNOWN: [Known; 14] = [
    Known {
        dialect: Dialect::Anthropic,
        json_object: false,
        ..hosted("anthropic", "https://api.anthropic.com/v1", &["ANTHROPIC_API_KEY"], "claude-sonnet-4-5")
    },
    hosted("openai", "https://api.openai.com/v1", &["OPENAI_API_KEY"], "gpt-5-mini"),
    hosted(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        "gemini-2.5-flash",
    ),
    hosted("openrouter", "https://openrouter.ai/api/v1", &["OPENROUTER_API_KEY"], "openai/gpt-5-mini"),
    hosted("groq", "https://api.groq.com/openai/v1", &["GROQ_API_KEY"], "llama-3.3-70b-versatile"),
    hosted("mistral", "https://api.mistral.ai/v1", &["MISTRAL_API_KEY"], "mistral-medium-latest"),
    hosted("deepseek", "https://api.deepseek.com/v1", &["DEEPSEEK_API_KEY"], "deepseek-chat"),
    Known {
        // Several of its models answer the question for a JSON object with an error.
        json_object: false,
        ..hosted(
            "together",
            "https://api.together.xyz/v1",
            &["TOGETHER_API_KEY"],
            "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        )
    },
    hosted("xai", "https://api.x.ai/v1", &["XAI_API_KEY"], "grok-4"),
    local("ollama", "http://127.0.0.1:11434/v1"),
    Known {
        // It takes a JSON schema or nothing.
        json_object: false,
        ..local("lmstudio", "http://127.0.0.1:1234/v1")
    },
    local("llamacpp", "http://127.0.0.1:8080/v1"),
    local("vllm", "http://127.0.0.1:8000/v1"),
    local("stand-in", "http://127.0.0.1:8901/v1"),
];

/// Returns whether a model is known to reason before it answers, by its name.
pub(super) fn reasons(model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    // A gateway puts the vendor before the name.
    let name = model.rsplit('/').next().unwrap_or(&model);
    let starts = [
        "o1",
        "o3",
        "o4",
        "gpt-5",
        "gpt-oss",
        "gemini-2.5",
        "gemini-3",
        "grok-4",
        "magistral",
        "qwq",
        "qwen3",
        "deepseek-r",
        "deepseek-reasoner",
    ];
    starts.iter().any(|start| name.starts_with(start))
        || ["reasoning", "thinking", "-r1"].iter().any(|part| name.contains(part) && !name.contains("non-reasoning"))
}
