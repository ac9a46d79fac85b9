//! Defaults for books.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// Defaults for books that say nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookSettings {
    /// Words in a chapter.
    pub words: u32,
    /// Words in a section.
    pub section_words: u32,
    /// What a dead chapter does to its book.
    pub gaps: GapPolicy,
    /// The formats a book is bound in.
    pub formats: Vec<Format>,
    /// The most one book may cost, in US dollars.
    pub budget_usd: Option<f64>,
}

/// What a dead chapter does to its book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GapPolicy {
    /// The book fails; what is written is kept.
    Fail,
    /// The book is bound without the chapter.
    Omit,
    /// The book is bound with a page in the chapter's place that says what is missing.
    Placeholder,
}

/// A format a book is bound in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Markdown.
    Md,
    /// EPUB 3.
    Epub,
    /// One HTML page.
    Html,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md => "md",
            Self::Epub => "epub",
            Self::Html => "html",
        })
    }
}

impl BookSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.within("book.words", self.words, 200..=50_000);
        problems.within("book.section_words", self.section_words, 500..=900);
        if self.formats.is_empty() {
            problems.add("book.formats", "is empty, but must name at least one format");
        }
        let mut seen = BTreeSet::new();
        for format in &self.formats {
            if !seen.insert(format) {
                problems.add("book.formats", format!("names {format} twice"));
            }
        }
        if let Some(budget) = self.budget_usd
            && !(budget.is_finite() && budget > 0.0)
        {
            problems.add("book.budget_usd", format!("is {budget}, but must be a sum above 0"));
        }
    }
}
