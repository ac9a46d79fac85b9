//! Defaults for books.

use std::{collections::BTreeSet, ops::RangeInclusive};

use bindery_domain::CHAPTER_LENGTHS;
use bindery_format::Format;
use bindery_ledger::{AuditMode, GapPolicy, Preset};
use bindery_outline::BookKind;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How many drafts of a section may be written.
pub const BEST_OF: RangeInclusive<u8> = 1..=4;

/// Defaults for books that say nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookSettings {
    /// The set of knobs whose values hold where the same source does not name others.
    pub preset: Preset,
    /// What a book is whose outline does not say it; guessed where it is not set.
    pub kind: Option<BookKind>,
    /// How many words a chapter has.
    pub words: u32,
    /// How many words a section has.
    pub section_words: u32,
    /// What happens to a book with a dead chapter.
    pub gaps: GapPolicy,
    /// Whether a book is read as a whole before it is bound.
    pub audit: AuditMode,
    /// How many drafts of each section are written.
    pub best_of: u8,
    /// The formats a book is bound in.
    pub formats: Vec<Format>,
    /// The most that one book may cost, in US dollars.
    pub budget_usd: Option<f64>,
}

impl BookSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_range("book.words", self.words, CHAPTER_LENGTHS);
        problems.check_range("book.section_words", self.section_words, 500..=900);
        problems.check_range("book.best_of", self.best_of, BEST_OF);
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
