//! Lays the settings of each source over the defaults.

use std::{collections::BTreeMap, fs};

use toml::{Table, Value};

use super::{
    Config,
    origin::{Origin, Origins},
    problem::Problems,
    reference::Reference,
    setting::{self, Given, Key, Setting},
    sources::Files,
};

/// A configuration in the making. A setting that is wrong is reported and left out, so that what follows is
/// read and checked as well.
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

    /// Lays files over what is there.
    pub(super) fn files(&mut self, files: &Files) {
        for path in files.paths() {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    setting::of_file(&path, &text, &mut self.problems).into_iter().for_each(|setting| self.lay(setting))
                }
                Err(error) => self.problems.add_from(
                    Origin::Default,
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                ),
            }
        }
    }

    /// Lays the `BINDERY_*` variables over what is there. An empty one counts as not set, as compose files and
    /// service managers pass on variables that nobody set.
    pub(super) fn environment(&mut self, environment: &BTreeMap<String, String>) {
        for (name, value) in environment.iter().filter(|(_, value)| !value.is_empty()) {
            let origin = Origin::Variable(name.clone());
            if let Some(key) = Key::of_variable(name) {
                let key = self.with_provider_as_spelled(key);
                self.lay(Setting { key, value: Given::Text(value.clone()), origin });
            } else if let Some(meant) = self.reference.meant_by(name) {
                let what = format!(
                    "sets nothing; the levels of a key are separated by two underscores, as in {}",
                    meant.variable()
                );
                self.problems.add_from(Origin::Default, name, what);
            }
        }
    }

    /// Lays settings from flags over what is there.
    pub(super) fn flags(&mut self, flags: &[(String, String)]) {
        for (key, value) in flags {
            self.lay(Setting { key: Key::dotted(key), value: Given::Text(value.clone()), origin: Origin::Flag });
        }
    }

    /// Returns the result with what was wrong.
    pub(super) fn finish(self) -> (Config, Problems) {
        let mut config: Config = self.table.try_into().expect("each setting was tried on its own before it was laid");
        config.origins = self.origins;
        (config, self.problems)
    }

    fn lay(&mut self, setting: Setting) {
        let Setting { key, value, origin } = setting;
        match self.accepted(&key, value, &origin) {
            Ok(value) => {
                put(&mut self.table, &key, value);
                self.origins.note(key.to_string(), origin);
            }
            Err(what) => self.problems.add_from(origin, key.to_string(), what),
        }
    }

    /// Returns the value in the key's own type, or what is wrong with it.
    fn accepted(&self, key: &Key, value: Given, origin: &Origin) -> Result<Value, String> {
        let example = self.reference.example(key).ok_or_else(|| {
            let nearest = self.reference.nearest(key);
            match origin {
                Origin::Variable(_) => {
                    format!("is no known key; the nearest is {}", nearest.variable())
                }
                _ => format!("is no known key; the nearest is {nearest}"),
            }
        })?;
        let value = typed(value, example)?;
        // Alone on top of the defaults, so that an error is about this setting and no other.
        let mut trial = self.reference.defaults().clone();
        put(&mut trial, key, value.clone());
        match trial.try_into::<Config>() {
            Ok(_) => Ok(value),
            Err(_) if example.is_integer() => Err(format!("must be a whole number, like {example}")),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// A variable's name cannot hold a hyphen: `STAND_IN` means the provider `stand-in` where there is one.
    fn with_provider_as_spelled(&self, mut key: Key) -> Key {
        let providers = self.table.get("providers").and_then(Value::as_table);
        if let ([section, name, ..], Some(providers)) = (key.0.as_mut_slice(), providers)
            && section == "providers"
            && let Some(spelled) = providers.keys().find(|known| known.replace('-', "_") == *name)
        {
            name.clone_from(spelled);
        }
        key
    }
}

/// Puts a value at a key, making the sections on the way. An empty section leaves what it holds already.
fn put(table: &mut Table, key: &Key, value: Value) {
    let (last, sections) = key.0.split_last().expect("a key has a name");
    let mut table = table;
    for section in sections {
        table = table
            .entry(section.as_str())
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .expect("a known key goes through sections only");
    }
    if value.is_table() {
        table.entry(last.as_str()).or_insert(value);
    } else {
        table.insert(last.clone(), value);
    }
}

/// Reads a value in the type of the example.
fn typed(given: Given, example: &Value) -> Result<Value, String> {
    let read = match given {
        Given::Typed(value) => of_type(value, example),
        Given::Text(text) => of_text(text, example),
    };
    read.ok_or_else(|| match example {
        Value::String(_) => format!("must be text in quotes, like {example}"),
        Value::Integer(_) => format!("must be a whole number, like {example}"),
        Value::Float(_) => format!("must be a number, like {example}"),
        Value::Boolean(_) => "must be true or false".to_owned(),
        Value::Table(_) => "is a section; set the keys within it".to_owned(),
        Value::Array(_) => "must be a list of texts, like [\"one\", \"two\"]".to_owned(),
        Value::Datetime(_) => "must be a date".to_owned(),
    })
}

fn of_type(value: Value, example: &Value) -> Option<Value> {
    match (value, example) {
        (Value::Integer(whole), Value::Float(_)) => Some(Value::Float(whole as f64)),
        (Value::String(one), Value::Array(_)) => Some(Value::Array(vec![Value::String(one)])),
        (value, example) => value.same_type(example).then_some(value),
    }
}

fn of_text(text: String, example: &Value) -> Option<Value> {
    match example {
        Value::String(_) => Some(Value::String(text)),
        Value::Integer(_) => text.trim().parse().ok().map(Value::Integer),
        Value::Float(_) => text.trim().parse().ok().map(Value::Float),
        Value::Boolean(_) => text.trim().parse().ok().map(Value::Boolean),
        Value::Array(_) => {
            let items = text.split(',').map(|item| Value::String(item.trim().to_owned()));
            Some(Value::Array(items.collect()))
        }
        Value::Table(_) | Value::Datetime(_) => None,
    }
}
