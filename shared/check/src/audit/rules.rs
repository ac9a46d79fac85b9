//! What the plan and the author say about the texts of a book, as an audit stores it for the repairs.

use serde::{Deserialize, Serialize};

use super::Expected;

/// A name or a term that tells what readers learn late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretTerm {
    /// The term.
    pub term: String,
    /// The first chapter that may use it.
    pub chapter: u32,
}

/// What the plan says about a chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterPlan {
    /// The chapter's number.
    pub chapter: u32,
    /// The points that it is to make.
    pub points: Vec<String>,
    /// Its length, in words or characters.
    pub length: u32,
}

/// What every text of a book has to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Words and phrases that the book does not use.
    pub banned: Vec<String>,
    /// The terms of the glossary, each in its one spelling.
    pub terms: Vec<String>,
    /// Facts that hold in every chapter, in sentences.
    pub canon: Vec<String>,
    /// The names of the characters and the places.
    pub names: Vec<String>,
    /// Everything that the author gave: the outline, the description, the sources. What is named here may be cited.
    pub given: String,
    /// Whether sources may be named that the author did not give.
    pub may_cite: bool,
    /// Whether the book tells a story.
    pub fiction: bool,
    /// Names and terms that no chapter may use before its time.
    pub secrets: Vec<SecretTerm>,
}

impl Rules {
    /// Returns what an audit by these rules expects.
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            banned: &self.banned,
            terms: &self.terms,
            canon: &self.canon,
            names: &self.names,
            given: &self.given,
            may_cite: self.may_cite,
            fiction: self.fiction,
            secrets: &self.secrets,
            ..Expected::default()
        }
    }
}
