//! Settings as their sources give them.

use std::{collections::BTreeMap, fmt, path::Path};

use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

use super::{origin::Origin, problem::Problems, value::SourceValue};

/// The beginning of every environment variable for a setting.
const PREFIX: &str = "BINDERY_";
/// The separator of a key's levels in the name of a variable.
const LEVEL: &str = "__";

/// The settings that are tables whose keys the user chooses.
const OPEN: [&str; 3] = ["extra_body", "extra_headers", "query"];

/// Returns whether a setting of this name is a table whose keys the user chooses.
pub(super) fn is_open(name: &str) -> bool {
    OPEN.contains(&name)
}

/// A key as the path to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub(super) Vec<String>);

impl Key {
    /// Reads a key with dots between its levels.
    pub(super) fn from_dotted(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    /// Returns the name of the variable that sets this key.
    pub(super) fn variable(&self) -> String {
        let levels = self.0.iter().map(|level| level.to_uppercase().replace('-', "_"));
        format!("{PREFIX}{}", levels.collect::<Vec<_>>().join(LEVEL))
    }

    /// Reads a key from the name of a variable; `None` where the variable names no key.
    ///
    /// Every setting stands in a section, so that a name of one level names no key. Kubernetes sets `BINDERY_PORT`, for
    /// example, beside a service called `bindery`.
    pub(super) fn from_variable(name: &str) -> Option<Self> {
        let levels = name.strip_prefix(PREFIX)?.to_lowercase();
        levels.contains(LEVEL).then(|| Self(levels.split(LEVEL).map(str::to_owned).collect()))
    }

    /// Returns whether it is the key of a table whose keys the user chooses.
    pub(super) fn is_open(&self) -> bool {
        self.0.last().is_some_and(|name| is_open(name))
    }

    fn child(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// A setting as its source gives it.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) key: Key,
    pub(super) value: SourceValue,
    pub(super) origin: Origin,
}

/// Returns the settings of a file. A file with a syntax error has none, so that the other sources are checked all the
/// same.
pub(super) fn of_file(path: &Path, text: &str, problems: &mut Problems) -> Vec<Setting> {
    let at =
        |offset: usize| Origin::File { path: path.to_owned(), line: Some(text[..offset].matches('\n').count() + 1) };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let origin = at(error.span().map_or(0, |span| span.start));
        problems.add_from(origin, path.display().to_string(), format!("is not valid TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        return Vec::new();
    }
    let table = text.parse::<Table>().expect("the text has parsed once already");
    let mut offsets = BTreeMap::new();
    record_offsets(&Key(Vec::new()), document.get_ref(), &mut offsets);
    leaves(&table)
        .into_iter()
        .map(|(key, value)| Setting {
            origin: at(offsets.get(&key).copied().unwrap_or(0)),
            value: SourceValue::Typed(value.clone()),
            key,
        })
        .collect()
}

fn record_offsets(parent: &Key, table: &DeTable<'_>, offsets: &mut BTreeMap<Key, usize>) {
    for (name, value) in table {
        let key = parent.child(name.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            record_offsets(&key, inner, offsets);
        }
        offsets.insert(key, Spanned::span(name).start);
    }
}

/// Returns the values of a table that are no sections, and its empty sections.
pub(super) fn leaves(table: &Table) -> Vec<(Key, &Value)> {
    fn walk<'t>(parent: &Key, table: &'t Table, found: &mut Vec<(Key, &'t Value)>) {
        for (name, value) in table {
            let key = parent.child(name);
            match value {
                Value::Table(inner) if !inner.is_empty() && !is_open(name) => walk(&key, inner, found),
                leaf => found.push((key, leaf)),
            }
        }
    }
    let mut found = Vec::new();
    walk(&Key(Vec::new()), table, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_names_its_key_and_the_key_its_variable() {
        let key = Key::from_dotted("model.timers.first_token");
        assert_eq!(key.variable(), "BINDERY_MODEL__TIMERS__FIRST_TOKEN");
        assert_eq!(Key::from_variable(&key.variable()), Some(key));
    }

    #[test]
    fn a_variable_of_one_level_or_with_another_prefix_is_no_setting() {
        assert_eq!(Key::from_variable("BINDERY_PORT"), None);
        assert_eq!(Key::from_variable("OTHER_LEDGER__LEASE"), None);
    }

    #[test]
    fn each_setting_of_a_file_has_its_line() {
        let text = "[ledger]\nlease = '5s'\n\n[model]\ntimers = { idle = '1s',\n  connect = '2s' }\n";
        let mut problems = Problems::default();
        let lines = of_file(Path::new("f.toml"), text, &mut problems)
            .into_iter()
            .map(|setting| format!("{} {}", setting.key, setting.origin))
            .collect::<Vec<_>>();
        assert_eq!(lines, ["ledger.lease f.toml:2", "model.timers.idle f.toml:5", "model.timers.connect f.toml:6"]);
        assert!(problems.into_result().is_ok());
    }
}
