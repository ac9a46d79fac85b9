//! The ledger's records of a book, as `bindery status --json` prints them.

use std::collections::BTreeMap;

use serde_json::Value;

/// The name of a part of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartName {
    /// The number of the chapter, or 0 for the plan.
    pub(crate) chapter: u32,
    /// The number of the part in its task.
    pub(crate) number: u32,
}

/// The records of a book and its tasks.
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

    /// Returns the task of a chapter.
    pub(crate) fn chapter(&self, number: u32) -> &Value {
        let name = format!("write/{number}");
        self.tasks().iter().find(|task| task["id"] == name.as_str()).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Returns the standing of a chapter.
    pub(crate) fn standing(&self, chapter: u32) -> &str {
        self.chapter(chapter)["standing"].as_str().unwrap()
    }

    /// Returns the parts whose finished text is kept, with the number of calls that each took.
    pub(crate) fn kept(&self) -> BTreeMap<PartName, u64> {
        self.parts().filter(|(_, part)| finished(part)).map(|(name, part)| (name, calls(part))).collect()
    }

    /// Returns the number of recorded calls for each chapter. The plan counts as chapter 0.
    pub(crate) fn calls(&self) -> BTreeMap<u32, u64> {
        let mut sums = BTreeMap::new();
        for (name, part) in self.parts() {
            *sums.entry(name.chapter).or_default() += calls(part);
        }
        sums
    }

    fn parts(&self) -> impl Iterator<Item = (PartName, &Value)> {
        self.tasks().iter().flat_map(|task| {
            // A repair is named by its round and its chapter.
            let chapter = match task["id"].as_str().unwrap().rsplit_once('/') {
                Some((_, number)) => number.parse().unwrap(),
                None => 0,
            };
            let parts = task["parts"].as_object().unwrap();
            parts.iter().map(move |(number, part)| (PartName { chapter, number: number.parse().unwrap() }, part))
        })
    }
}

fn calls(part: &Value) -> u64 {
    part["calls"].as_u64().unwrap()
}

/// Returns whether a part has a text that is not a draft.
fn finished(part: &Value) -> bool {
    !part["digest"].is_null() && part["draft"] != true
}
