//! The models of a book's stages.

use serde::{Deserialize, Serialize};

/// The names of the models of each stage, in the order in which they are tried. Where a list is empty, the book's first
/// model does the stage's work alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageModels {
    /// Those that plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<String>,
    /// Those that divide chapters into sections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brief: Vec<String>,
    /// Those that write sections and summaries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub write: Vec<String>,
    /// Those that judge chapters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judge: Vec<String>,
}

impl StageModels {
    /// Returns whether one model does all the work.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the lists with none of them empty, given the book's first model.
    pub fn complete(mut self, first: &str) -> Self {
        for list in self.lists() {
            if list.is_empty() {
                list.push(first.to_owned());
            }
        }
        self
    }

    /// Returns the lists without those that say nothing beside the book's first model.
    pub fn beside(mut self, first: &str) -> Self {
        for list in self.lists() {
            if matches!(list.as_slice(), [only] if only == first) {
                list.clear();
            }
        }
        self
    }

    fn lists(&mut self) -> [&mut Vec<String>; 4] {
        [&mut self.plan, &mut self.brief, &mut self.write, &mut self.judge]
    }

    /// Returns each name once, in the order of the stages.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in [&self.plan, &self.brief, &self.write, &self.judge].into_iter().flatten() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_the_first_model_alone_is_as_good_as_none() {
        let lists = StageModels { judge: vec!["a:b".to_owned()], ..StageModels::default() };
        let complete = lists.complete("a:a");
        assert_eq!(complete.names(), ["a:a", "a:b"]);
        let beside = complete.beside("a:a");
        assert_eq!(serde_json::to_string(&beside).unwrap(), r#"{"judge":["a:b"]}"#);
        assert_eq!(serde_json::from_str::<StageModels>("{}").unwrap(), StageModels::default());
    }
}
