//! All that a fleet's store holds, as a document that is kept beside the tests: what another version has written.

use std::{collections::BTreeSet, fs, path::Path};

use bindery_test_servers::Redis;
use serde_json::{Map, Value};

const SCRIPT: &str = include_str!("snapshot.lua");

/// All keys of a store with their values.
pub(crate) struct Snapshot(Map<String, Value>);

impl Snapshot {
    /// Takes all that a store holds, but for who holds which post.
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

    /// Makes all its keys in a store.
    pub(crate) fn restore(&self, redis: &Redis) {
        for (key, value) in &self.0 {
            let (kind, value) = value.as_object().and_then(|one| one.iter().next()).unwrap();
            assert_eq!(redis.cli(&["EVAL", SCRIPT, "1", key, kind, &value.to_string()]), "OK");
        }
    }

    /// Returns the id of its one book.
    pub(crate) fn book(&self) -> String {
        self.0["bindery:{index}:books"]["zset"].as_object().unwrap().keys().next().unwrap().clone()
    }

    fn key(&self, part: &str) -> String {
        format!("bindery:{{{}}}:{part}", self.book())
    }

    /// Returns a key of its one book.
    pub(crate) fn part(&self, part: &str) -> &Value {
        &self.0[&self.key(part)]
    }

    /// Returns how many books have unpublished events.
    pub(crate) fn unpublished_events(&self) -> usize {
        self.0.get("bindery:{index}:untold").map_or(0, |untold| untold["zset"].as_object().unwrap().len())
    }

    /// Returns a key of its one book, to be changed.
    pub(crate) fn part_mut(&mut self, part: &str) -> &mut Value {
        let key = self.key(part);
        &mut self.0[&key]
    }

    /// Changes every record that is written back whole: the book's, and each task's.
    pub(crate) fn change(&mut self, change: impl Fn(&mut Value)) {
        rewrite(&mut self.part_mut("book")["hash"]["record"], &change);
        for task in self.part_mut("tasks")["hash"].as_object_mut().unwrap().values_mut() {
            rewrite(task, &change);
        }
    }

    /// Returns every record that is written back whole: the book's, then each task's.
    pub(crate) fn records(&self) -> Vec<Value> {
        let tasks = self.part("tasks")["hash"].as_object().unwrap().values();
        let records = std::iter::once(&self.part("book")["hash"]["record"]).chain(tasks);
        records.map(|record| serde_json::from_str(record.as_str().unwrap()).unwrap()).collect()
    }

    /// Returns the paths to all that it holds: kinds of keys, fields, and what stands in the JSON in them, with the names
    /// of books, texts and places left out.
    pub(crate) fn layout(&self) -> BTreeSet<String> {
        let (book, mut paths) = (self.book(), BTreeSet::new());
        for (key, value) in &self.0 {
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

/// Returns a name as every book has it.
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
