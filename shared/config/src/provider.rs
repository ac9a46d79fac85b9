//! Checks of the settings of a model server.

use bindery_model::ProviderSettings;

use super::{model::MOST_CALLS, problem::Problems};

/// The known providers whose address names a resource of the user. They need one only once they are called.
const WITHOUT_ADDRESS: [&str; 3] = ["azure", "bedrock", "vertex"];

/// Checks the provider of this name. No message quotes the name of a key's variable, because people paste the key there
/// by mistake.
pub(super) fn check(name: &str, provider: &ProviderSettings, problems: &mut Problems) {
    if !is_name(name, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c)) {
        problems.add(&format!("providers.{name}"), "must be named with lower-case letters, digits, `-` and `_` only");
    }
    if provider.base_url.is_none() && !WITHOUT_ADDRESS.contains(&name) {
        let message = "is missing; give the server's address, like https://models.example.com/v1";
        problems.add(&format!("providers.{name}.base_url"), message);
    }
    if !provider.key_env.iter().all(|variable| is_name(variable, |c| c.is_ascii_alphanumeric() || c == '_')) {
        let message = "must name environment variables that may hold the key, not the key";
        problems.add(&format!("providers.{name}.key_env"), message);
    }
    if let Some(calls) = provider.calls {
        problems.check_range(&format!("providers.{name}.calls"), calls, 1..=usize::from(MOST_CALLS));
    }
    for (key, tokens) in
        [("max_output_tokens", provider.max_output_tokens), ("context_tokens", provider.context_tokens)]
    {
        if let Some(tokens) = tokens {
            problems.check_range(&format!("providers.{name}.{key}"), tokens, 256..=10_000_000);
        }
    }
    for (key, value, most) in [("temperature", provider.temperature, 2.0), ("top_p", provider.top_p, 1.0)] {
        if let Some(value) = value {
            problems.check_range(&format!("providers.{name}.{key}"), value, 0.0..=most);
        }
    }
    if let Some(tokens) = provider.reasoning_tokens {
        problems.check_range(&format!("providers.{name}.reasoning_tokens"), tokens, 0..=1_000_000);
    }
}

fn is_name(name: &str, allowed: impl Fn(char) -> bool) -> bool {
    !name.is_empty() && name.chars().all(allowed)
}
