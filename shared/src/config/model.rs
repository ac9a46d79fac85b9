//! Settings of model calls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;
use super::problem::Problems;
use super::provider::ProviderSettings;

const HOSTED_CALLS: u32 = 64;
const LOCAL_CALLS: u32 = 2;
const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// Which model writes, and the bounds of its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSettings {
    /// The model, as `provider:model`.
    pub name: Option<String>,
    /// Calls under way at once; unset, it follows from the provider.
    pub calls: Option<u32>,
    /// A longer wait for the provider parks the task.
    #[serde(with = "duration")]
    pub park_after: Duration,
    /// Prices to use instead of the built-in ones.
    pub prices_file: Option<PathBuf>,
    /// How long each stage of a call may take.
    pub timers: Timers,
}

/// How long each stage of a call may take. There is no total: a call that makes progress may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers {
    /// To connect.
    #[serde(with = "duration")]
    pub connect: Duration,
    /// From sending the request to the first piece of text.
    #[serde(with = "duration")]
    pub first_token: Duration,
    /// The same, for local providers and those that reason first.
    #[serde(with = "duration")]
    pub first_token_slow: Duration,
    /// From one meaningful event to the next.
    #[serde(with = "duration")]
    pub idle: Duration,
}

impl ModelSettings {
    /// Returns how many calls may be under way at once with a provider.
    pub fn calls_with(&self, provider: &ProviderSettings) -> u32 {
        self.calls.unwrap_or(if provider.local { LOCAL_CALLS } else { HOSTED_CALLS })
    }

    pub(super) fn check(&self, providers: &BTreeMap<String, ProviderSettings>, problems: &mut Problems) {
        if let Some(name) = &self.name {
            check_name(name, providers, problems);
        }
        if let Some(calls) = self.calls {
            problems.within("model.calls", calls, 1..=1000);
        }
        problems.lasts("model.park_after", self.park_after, MILLISECOND..=HOUR);
        problems.lasts("model.timers.connect", self.timers.connect, MILLISECOND..=HOUR);
        problems.lasts("model.timers.first_token", self.timers.first_token, MILLISECOND..=HOUR);
        problems.lasts("model.timers.first_token_slow", self.timers.first_token_slow, MILLISECOND..=HOUR);
        problems.lasts("model.timers.idle", self.timers.idle, MILLISECOND..=HOUR);
    }
}

fn check_name(name: &str, providers: &BTreeMap<String, ProviderSettings>, problems: &mut Problems) {
    let known = providers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    match name.split_once(':') {
        Some((provider, model)) if !provider.is_empty() && !model.is_empty() => {
            if !providers.contains_key(provider) {
                problems.add("model.name", format!("{provider:?} is no provider; the providers are {known}"));
            }
        }
        _ => problems.add("model.name", format!("{name:?} must be written provider:model; the providers are {known}")),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn calls_follow_from_the_provider_unless_they_are_set() {
        let mut config = Config::default();
        assert_eq!(config.model.calls_with(&config.providers["openai"]), 64);
        assert_eq!(config.model.calls_with(&config.providers["ollama"]), 2);

        config.model.calls = Some(7);
        assert_eq!(config.model.calls_with(&config.providers["ollama"]), 7);
    }
}
