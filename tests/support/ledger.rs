//! What the ledger says of a book, as `bindery status --json` tells it.

use std::collections::BTreeMap;

use serde_json::Value;

/// A book's record and its tasks'.
#[derive(Clone, Debug)]
pub(crate) struct Ledger(Value);

impl Ledger {
    pub(crate) fn new(status: Value) -> Self {
        Self(status)
    }

    /// Returns a field of the book's record.
    pub(crate) fn book(&self, field: &str) -> &Value {
        &self.0["book"][field]
    }

    pub(crate) fn tasks(&self) -> &[Value] {
        self.0["tasks"].as_array().unwrap()
    }

    /// Returns a chapter's task.
    pub(crate) fn chapter(&self, number: u32) -> &Value {
        let name = format!("write/{number}");
        self.tasks().iter().find(|task| task["id"] == name.as_str()).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Returns where a chapter stands.
    pub(crate) fn standing(&self, chapter: u32) -> &str {
        self.chapter(chapter)["standing"].as_str().unwrap()
    }

    /// Returns the parts whose finished text is kept, by chapter, with the calls they took; the plan is chapter 0.
    pub(crate) fn kept(&self) -> BTreeMap<(u32, u32), u64> {
        self.parts().filter(|(_, part)| finished(part)).map(|(name, part)| (name, calls(part))).collect()
    }

    /// Returns the calls that are on record for each chapter.
    pub(crate) fn calls(&self) -> BTreeMap<u32, u64> {
        let mut sums = BTreeMap::new();
        for ((chapter, _), part) in self.parts() {
            *sums.entry(chapter).or_default() += calls(part);
        }
        sums
    }

    fn parts(&self) -> impl Iterator<Item = ((u32, u32), &Value)> {
        self.tasks().iter().flat_map(|task| {
            let chapter = match task["id"].as_str().unwrap().split_once('/') {
                Some((_, number)) => number.parse().unwrap(),
                None => 0,
            };
            let parts = task["parts"].as_object().unwrap();
            parts.iter().map(move |(number, part)| ((chapter, number.parse().unwrap()), part))
        })
    }
}

fn calls(part: &Value) -> u64 {
    part["calls"].as_u64().unwrap()
}

/// Whether a part's text is kept and no draft.
fn finished(part: &Value) -> bool {
    !part["digest"].is_null() && part["draft"] != true
}
