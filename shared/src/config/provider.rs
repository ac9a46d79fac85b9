//! Settings of one model server.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// A model server: where it is, what it speaks, and where its key comes from. The key itself is no setting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderSettings {
    /// What the server speaks.
    pub dialect: Dialect,
    /// The address that `/chat/completions` or `/messages` is added to.
    pub base_url: String,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// A file that holds the key; it is used instead of `key_env` when both are set.
    pub key_file: Option<PathBuf>,
    /// Whether the server runs on the user's own hardware.
    pub local: bool,
    /// Output tokens allowed for reasoning, on top of those for the text.
    pub reasoning_tokens: u32,
}

/// What a model server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Chat completions, as most servers speak.
    #[default]
    OpenAi,
    /// Messages.
    Anthropic,
}

impl ProviderSettings {
    /// Checks the provider of this name. No message quotes an address or a key variable: both are places where
    /// a key is pasted by mistake.
    pub(super) fn check(&self, name: &str, problems: &mut Problems) {
        if !is_name(name, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c)) {
            problems
                .add(&format!("providers.{name}"), "must be named with lower-case letters, digits, `-` and `_` only");
        }
        if let Some(what) = wrong_address(&self.base_url) {
            problems.add(&format!("providers.{name}.base_url"), what);
        }
        if let Some(variable) = &self.key_env
            && !is_name(variable, |c| c.is_ascii_alphanumeric() || c == '_')
        {
            problems.add(
                &format!("providers.{name}.key_env"),
                "must be the name of an environment variable that holds the key, not the key",
            );
        }
        problems.within(&format!("providers.{name}.reasoning_tokens"), self.reasoning_tokens, 0..=1_000_000);
    }
}

fn is_name(name: &str, allowed: impl Fn(char) -> bool) -> bool {
    !name.is_empty() && name.chars().all(allowed)
}

fn wrong_address(url: &str) -> Option<&'static str> {
    if url.is_empty() {
        return Some("is missing; give the server's address, like https://models.example.com/v1");
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        None => Some("must start with https:// or http://"),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Some("names no host"),
        Some(rest) if rest.contains(['@', '?', '#']) || rest.contains(char::is_whitespace) => {
            Some("must be host and path alone; a key belongs into key_env or key_file")
        }
        Some(_) => None,
    }
}
