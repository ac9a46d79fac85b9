//! `default.toml` as data: the defaults and the known keys.

use toml::{Table, Value};

use super::{
    Config,
    setting::{Key, leaves},
};

/// The commented defaults.
const TEXT: &str = include_str!("default.toml");

/// The name in the table of providers that stands for any other.
const ANY: &str = "NAME";

/// The defaults and the known keys.
pub(super) struct Reference {
    defaults: Table,
    known: Table,
}

impl Reference {
    pub(super) fn new() -> Self {
        Self {
            defaults: TEXT.parse().expect("the defaults are valid TOML"),
            known: with_examples(TEXT).parse().expect("the defaults with their examples are valid TOML"),
        }
    }

    /// Returns the defaults as a table.
    pub(super) fn defaults(&self) -> &Table {
        &self.defaults
    }

    /// Returns the defaults as a configuration.
    pub(super) fn config(&self) -> Config {
        self.defaults.clone().try_into().expect("the defaults hold every setting")
    }

    /// Returns the default or the example of a key, or the section of this name; `None` where the key is unknown.
    pub(super) fn example(&self, key: &Key) -> Option<&Value> {
        let mut names = key.0.iter();
        let first = self.known.get(names.next()?)?;
        names.try_fold(first, |found, name| {
            let table = found.as_table()?;
            table.get(ANY).or_else(|| table.get(name))
        })
    }

    /// Returns the known key that is most like this one.
    pub(super) fn nearest(&self, key: &Key) -> Key {
        let written = key.to_string();
        self.keys()
            .map(|known| named_as(known, key))
            .min_by_key(|known| distance(&written, known))
            .expect("there are known keys")
    }

    /// Returns the key that a variable of one level was probably meant to set; `None` where it is like none.
    ///
    /// It is a key that differs by a doubled underscore and at most two letters, or the first key of the section that
    /// the variable names.
    pub(super) fn meant_by(&self, variable: &str) -> Option<Key> {
        let written = variable.strip_prefix("BINDERY_")?.to_lowercase();
        self.keys().find(|key| {
            let flat = key.0.join("_");
            strsim::damerau_levenshtein(&written, &flat) <= 2 || key.0[0] == written
        })
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        let stands_for_itself = |key: &Key| key.0[0] != "providers" || key.0[1] == ANY;
        leaves(&self.known).into_iter().map(|(key, _)| key).filter(stands_for_itself)
    }
}

/// Returns how many slips separate a written key from a known one. The section may be missing, so that the last level
/// is compared alone as well. A key may be written without its last words, as `key` for `key_env`.
fn distance(written: &str, known: &Key) -> usize {
    let whole = strsim::damerau_levenshtein(written, &known.to_string());
    let last = known.0.last().map_or(whole, |last| strsim::damerau_levenshtein(written, last));
    let goes_on = known.to_string().strip_prefix(written).is_some_and(|rest| rest.starts_with('_'));
    whole.min(last + 1).min(if goes_on { 2 } else { usize::MAX })
}

/// Replaces the name that stands for any provider by the one that the user wrote.
fn named_as(mut known: Key, written: &Key) -> Key {
    if let (Some(any), Some(name)) = (known.0.iter_mut().find(|part| *part == ANY), written.0.get(1)) {
        any.clone_from(name);
    }
    known
}

/// Uncomments the settings that have an example instead of a default.
fn with_examples(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.starts_with([' ', '#']) => format!("{example}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn examples() -> Config {
        Reference::new().known.try_into().unwrap()
    }

    fn keys_of(value: &serde_json::Value, key: &str, found: &mut BTreeSet<String>) {
        match value.as_object() {
            Some(object) if !object.is_empty() && !Key::from_dotted(key).is_open() => {
                for (name, value) in object {
                    keys_of(value, &format!("{key}.{name}"), found);
                }
            }
            _ => {
                found.insert(key.trim_start_matches('.').to_owned());
            }
        }
    }

    #[test]
    fn the_defaults_pass_their_own_checks() {
        assert_eq!(Config::load(&crate::Sources::default()).unwrap(), Config::default());
    }

    #[test]
    fn the_examples_pass_the_checks() {
        let mut config = examples();
        let named = config.providers.shift_remove(ANY).unwrap();
        config.providers.insert("named".into(), named);
        config.check().into_result().unwrap();
    }

    #[test]
    fn the_file_holds_every_key_of_the_structs_and_no_other() {
        let mut in_structs = BTreeSet::new();
        keys_of(&serde_json::to_value(examples()).unwrap(), "", &mut in_structs);
        in_structs.retain(|key| !key.starts_with("providers.") || key.starts_with("providers.NAME."));
        let in_file = Reference::new().keys().map(|key| key.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(in_structs, in_file);
    }

    #[test]
    fn every_key_is_explained() {
        let lines = TEXT.lines().collect::<Vec<_>>();
        let is_prose = |line: &str| line.starts_with("# ");
        let unexplained = lines
            .windows(2)
            .scan("", |section, pair| {
                if pair[1].trim_start_matches('#').starts_with('[') {
                    *section = pair[1];
                }
                Some((*section, pair))
            })
            .filter(|(section, pair)| {
                let is_key = pair[1].contains(" = ") && !is_prose(pair[1]);
                // A provider known from the start is explained as a whole, above its table.
                is_key && !section.starts_with("[providers.") && !is_prose(pair[0])
            })
            .map(|(_, pair)| pair[1])
            .collect::<Vec<_>>();
        assert_eq!(unexplained, [""; 0]);
    }

    #[test]
    fn the_nearest_key_is_found_across_slips_and_missing_sections() {
        let reference = Reference::new();
        for (written, nearest) in [
            ("ledger.leese", "ledger.lease"),
            ("ledgr.lease", "ledger.lease"),
            ("lease", "ledger.lease"),
            ("model.timers.idel", "model.timers.idle"),
            ("providers.mine.key", "providers.mine.key_env"),
            ("providers.mine.baseurl", "providers.mine.base_url"),
        ] {
            assert_eq!(reference.nearest(&Key::from_dotted(written)).to_string(), nearest, "{written}");
        }
    }

    #[test]
    fn the_page_on_configuration_holds_the_defaults() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let page = std::fs::read_to_string(page).unwrap();
        assert!(
            page.contains(&format!("```toml\n{TEXT}```\n")),
            "docs/configuration.md is stale; renew it from the top of the repository with\n  \
             sed -i -e '/^```toml$/,/^```$/{{//!d}}' -e '/^```toml$/r shared/config/src/default.toml' \
             docs/configuration.md"
        );
    }
}
