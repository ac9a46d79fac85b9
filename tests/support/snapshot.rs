//! Snapshots of a fleet's store. Some are kept beside the tests, to test what earlier versions have written.

use std::{collections::BTreeSet, fs, path::Path};

use bindery_test_servers::Redis;
use serde_json::{Map, Value};

const SCRIPT: &str = include_str!("snapshot.lua");

/// All keys of a store with their values.
pub(crate) struct Snapshot(Map<String, Value>);

impl Snapshot {
    /// Takes a snapshot of a store without its leader locks.
    pub(crate) fn of(redis: &Redis) -> Self {
        let told = redis.cli(&["EVAL", SCRIPT, "0"]);
        let mut keys: Map<String, Value> = serde_json::from_str(&told).unwrap();
        keys.retain(|key, _| !key.starts_with("bindery:post:"));
        Self(keys)
    }

    pub(crate) fn read(path: &Path) -> Self {
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    pub(crate) fn write(&self, path: &Path) {
        fs::write(path, format!("{:#}\n", Value::Object(self.0.clone()))).unwrap();
    }

    /// Writes all keys to a store.
    pub(crate) fn restore(&self, redis: &Redis) {
        for (key, value) in &self.0 {
            let (kind, value) = value.as_object().and_then(|one| one.iter().next()).unwrap();
            assert_eq!(redis.cli(&["EVAL", SCRIPT, "1", key, kind, &value.to_string()]), "OK");
        }
    }

    /// Returns the id of the only book.
    pub(crate) fn book(&self) -> String {
        self.0["bindery:{index}:books"]["zset"].as_object().unwrap().keys().next().unwrap().clone()
    }

    fn key(&self, name: &str) -> String {
        format!("bindery:{{{}}}:{name}", self.book())
    }

    /// Returns the value of a key of the only book.
    pub(crate) fn value(&self, name: &str) -> &Value {
        &self.0[&self.key(name)]
    }

    /// Returns how many books have unpublished events.
    pub(crate) fn unpublished_events(&self) -> usize {
        self.0.get("bindery:{index}:untold").map_or(0, |untold| untold["zset"].as_object().unwrap().len())
    }

    /// Returns the value of a key of the only book, to be changed.
    pub(crate) fn value_mut(&mut self, name: &str) -> &mut Value {
        let key = self.key(name);
        &mut self.0[&key]
    }

    /// Changes every record: that of the book, and those of its tasks.
    pub(crate) fn change(&mut self, change: impl Fn(&mut Value)) {
        rewrite(&mut self.value_mut("book")["hash"]["record"], &change);
        for task in self.value_mut("tasks")["hash"].as_object_mut().unwrap().values_mut() {
            rewrite(task, &change);
        }
    }

    /// Returns every record: that of the book, then those of its tasks.
    pub(crate) fn records(&self) -> Vec<Value> {
        let tasks = self.value("tasks")["hash"].as_object().unwrap().values();
        let records = std::iter::once(&self.value("book")["hash"]["record"]).chain(tasks);
        records.map(|record| serde_json::from_str(record.as_str().unwrap()).unwrap()).collect()
    }

    /// Returns the paths to all values: the kinds of keys, the fields, and the fields of the JSON in them. The names of
    /// books and texts, and numbers, are replaced, so that the paths of any two books can be compared.
    pub(crate) fn layout(&self) -> BTreeSet<String> {
        let (book, mut paths) = (self.book(), BTreeSet::new());
        // These keys hold nothing of a book: a store without them is the same. A process adds to the track record of a
        // model at most once a second, so a snapshot holds it or not; its shape stands among the recorded documents.
        let passing =
            |key: &str| key.ends_with(":synced") || key.ends_with(":heartbeat") || key.starts_with("bindery:model:");
        for (key, value) in self.0.iter().filter(|(key, _)| !passing(key)) {
            let key: Vec<&str> = key.split(':').map(|part| name(part, &book)).collect();
            walk(&key.join(":"), value, &book, &mut paths);
        }
        paths
    }
}

fn rewrite(record: &mut Value, change: &impl Fn(&mut Value)) {
    let mut value = serde_json::from_str(record.as_str().unwrap()).unwrap();
    change(&mut value);
    *record = Value::String(value.to_string());
}

/// Returns a name with what differs between books replaced.
fn name<'a>(name: &'a str, book: &str) -> &'a str {
    match name {
        _ if name.trim_matches(['{', '}']) == book => "BOOK",
        _ if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => "DIGEST",
        _ if name.parse::<u64>().is_ok() => "NUMBER",
        _ => name,
    }
}

fn walk(path: &str, value: &Value, book: &str, paths: &mut BTreeSet<String>) {
    paths.insert(path.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(field, value)| walk(&format!("{path}/{}", name(field, book)), value, book, paths));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(&format!("{path}/*"), item, book, paths)),
        Value::String(text) if text.starts_with('{') => {
            walk(path, &serde_json::from_str(text).unwrap(), book, paths);
        }
        _ => {}
    }
}
