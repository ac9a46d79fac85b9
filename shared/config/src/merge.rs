//! Merges the settings of all sources with the defaults.

use std::{collections::BTreeMap, fs};

use toml::{Table, Value};

use super::{
    Config,
    origin::{Origin, Origins},
    preset::with_preset,
    problem::Problems,
    reference::Reference,
    setting::{self, Key, Setting},
    sources::Files,
    value::{SourceValue, open_table, typed, wrong_type},
};

/// A setting is refused.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("is no known key; the nearest is {nearest}")]
    UnknownKey { nearest: String },
    #[error("{}", wrong_type(.example))]
    WrongType { example: Value },
    #[error("must be a table, like {example}")]
    NoTable { example: Value },
    #[error("{}", .0.message())]
    Invalid(toml::de::Error),
}

/// An unfinished configuration. A setting that is refused is reported and left out, so that the others are checked as
/// well.
pub(super) struct Merge<'r> {
    reference: &'r Reference,
    table: Table,
    origins: Origins,
    problems: Problems,
}

impl<'r> Merge<'r> {
    pub(super) fn new(reference: &'r Reference) -> Self {
        Self {
            reference,
            table: reference.defaults().clone(),
            origins: Origins::default(),
            problems: Problems::default(),
        }
    }

    /// Adds the settings of files.
    pub(super) fn files(&mut self, files: &Files) {
        for path in files.paths() {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    let settings = setting::of_file(&path, &text, &mut self.problems);
                    self.add(settings);
                }
                Err(error) => self.problems.add_from(
                    Origin::Default,
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                ),
            }
        }
    }

    /// Adds the settings of `BINDERY_*` variables. An empty one counts as not set, because Compose and service managers
    /// pass on variables that nobody set.
    pub(super) fn environment(&mut self, environment: &BTreeMap<String, String>) {
        let mut settings = Vec::new();
        for (name, value) in environment.iter().filter(|(_, value)| !value.is_empty()) {
            let origin = Origin::Variable(name.clone());
            if let Some(key) = Key::from_variable(name) {
                let key = self.with_provider_name(key);
                settings.push(Setting { key, value: SourceValue::Text(value.clone()), origin });
            } else if let Some(meant) = self.reference.meant_by(name) {
                let message = format!(
                    "sets nothing; the levels of a key are separated by two underscores, as in {}",
                    meant.variable()
                );
                self.problems.add_from(Origin::Default, name, message);
            }
        }
        self.add(settings);
    }

    /// Adds the settings of flags.
    pub(super) fn flags(&mut self, flags: &BTreeMap<String, String>) {
        let setting = |(key, value): (&String, &String)| Setting {
            key: Key::from_dotted(key),
            value: SourceValue::Text(value.clone()),
            origin: Origin::Flag,
        };
        self.add(flags.iter().map(setting).collect());
    }

    /// Adds the settings of one source.
    fn add(&mut self, settings: Vec<Setting>) {
        with_preset(settings).into_iter().for_each(|setting| self.set(setting));
    }

    /// Returns the configuration and its problems.
    pub(super) fn finish(self) -> (Config, Problems) {
        let mut config: Config = self.table.try_into().expect("each setting was tried on its own before it was set");
        config.origins = self.origins;
        (config, self.problems)
    }

    fn set(&mut self, setting: Setting) {
        let Setting { key, value, origin } = setting;
        match self.accepted(&key, value, &origin) {
            Ok(value) => {
                insert(&mut self.table, &key, value);
                self.origins.record(key.to_string(), origin);
            }
            Err(refusal) => self.problems.add_from(origin, key.to_string(), refusal.to_string()),
        }
    }

    /// Returns the value in the type of its key.
    fn accepted(&self, key: &Key, value: SourceValue, origin: &Origin) -> Result<Value, Refusal> {
        let example = self.reference.example(key).ok_or_else(|| self.unknown(key, origin))?;
        let wrong_type = || Refusal::WrongType { example: example.clone() };
        let value = match key.is_open() {
            true => open_table(value).ok_or_else(|| Refusal::NoTable { example: example.clone() })?,
            false => typed(value, example).ok_or_else(wrong_type)?,
        };
        // Each setting is tried alone with the defaults, so that an error is about no other setting.
        let mut trial = self.reference.defaults().clone();
        insert(&mut trial, key, value.clone());
        match trial.try_into::<Config>() {
            Ok(_) => Ok(value),
            Err(_) if example.is_integer() => Err(wrong_type()),
            Err(error) => Err(Refusal::Invalid(error)),
        }
    }

    fn unknown(&self, key: &Key, origin: &Origin) -> Refusal {
        let nearest = self.reference.nearest(key);
        let nearest = match origin {
            Origin::Variable(_) => nearest.variable(),
            _ => nearest.to_string(),
        };
        Refusal::UnknownKey { nearest }
    }

    /// Returns the key with the real name of its provider. The name of a variable holds no hyphen, so that `STAND_IN`
    /// may mean `stand-in`.
    fn with_provider_name(&self, mut key: Key) -> Key {
        let providers = self.table.get("providers").and_then(Value::as_table);
        if let ([section, name, ..], Some(providers)) = (key.0.as_mut_slice(), providers)
            && section == "providers"
            && let Some(known) = providers.keys().find(|known| known.replace('-', "_") == *name)
        {
            name.clone_from(known);
        }
        key
    }
}

/// Inserts a value and the sections of its key. An empty section leaves an existing one as it is.
fn insert(table: &mut Table, key: &Key, value: Value) {
    let (last, sections) = key.0.split_last().expect("a key has a name");
    let mut table = table;
    for section in sections {
        table = table
            .entry(section.as_str())
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .expect("a known key goes through sections only");
    }
    if value.as_table().is_some_and(Table::is_empty) {
        table.entry(last.as_str()).or_insert(value);
    } else {
        table.insert(last.clone(), value);
    }
}
