//! The settings that a preset stands for.

use bindery_ledger::{BookChecks, Knobs, Preset};
use serde::Serialize;
use toml::Value;

use super::{
    setting::{Key, Setting},
    value::SourceValue,
};

/// The setting that names a preset.
const PRESET: &str = "book.preset";

/// Adds the settings of the preset that a source names to its own, before them. Those that the source names itself are left out.
pub(super) fn with_preset(settings: Vec<Setting>) -> Vec<Setting> {
    let named = settings.iter().find(|setting| setting.key.to_string() == PRESET);
    let Some((preset, origin)) = named.and_then(|named| Some((preset(&named.value)?, named.origin.clone()))) else {
        return settings;
    };
    let is_named = |key: &Key| settings.iter().any(|setting| setting.key == *key);
    let knobs = knobs(preset).map(|(key, value)| (Key::from_dotted(key), value));
    let knobs = knobs.into_iter().filter(|(key, _)| !is_named(key)).map(|(key, value)| Setting {
        key,
        value: SourceValue::Typed(value),
        origin: origin.clone(),
    });
    knobs.collect::<Vec<_>>().into_iter().chain(settings).collect()
}

fn preset(value: &SourceValue) -> Option<Preset> {
    match value {
        SourceValue::Typed(value) => Preset::named(value.as_str()?),
        SourceValue::Text(text) => Preset::named(text),
    }
}

/// Returns the knobs of a preset by their keys.
fn knobs(preset: Preset) -> [(&'static str, Value); 5] {
    let Knobs { audit, best_of, checks: BookChecks { rewrites, judge, facts } } = preset.knobs();
    [
        ("book.audit", word(audit)),
        ("book.best_of", Value::Integer(best_of.into())),
        ("ledger.rewrites", Value::Integer(rewrites.into())),
        ("checks.judge", word(judge)),
        ("checks.facts", Value::Boolean(facts)),
    ]
}

fn word(choice: impl Serialize) -> Value {
    Value::try_from(choice).expect("a choice is a word")
}
