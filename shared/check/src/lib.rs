//! Checks a model's text by plain code.
//!
//! [`tidy`] first takes away harmless faults. Where a [`gate`] fails, the text cannot stand in a book and the try is lost.
//! Where a target is missed ([`targets`], [`chapter`]), the text could be better: it may be written again with the report's
//! advice, and the better text is kept.
//!
//! Every check reads the text a bounded number of times, so that its cost is linear in the text's length.

#[cfg(test)]
mod calibration;
mod chapter;
mod coverage;
mod empty;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod lemma;
mod meta_talk;
mod phrase;
mod refusal;
mod repetition;
mod structure;
mod target;
mod tidy;

use std::ops::Range;

use bindery_text::{
    ending::{self, Cut},
    length,
    markdown::{self, Block},
};

pub use chapter::{ChapterReport, Section, chapter};
pub use empty::Empty;
pub use meta_talk::MetaTalk;
pub use refusal::Refusal;
pub use repetition::Repetition;
pub use structure::BadStructure;
pub use target::{LengthReport, TargetReport, targets};
pub use tidy::tidy;

/// What a text is asked to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// BCP 47 tag of the book's language.
    pub language: &'a str,
    /// The heading above the text, which it must not repeat.
    pub heading: &'a str,
    /// The points it must make.
    pub points: &'a [String],
    /// Its length, in the unit of the language.
    pub length: u32,
}

/// Why a text cannot stand in a book. The message is a sentence, for prompts and for reports.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GateFailure {
    /// The model refuses to write.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is empty, or far too short.
    #[error(transparent)]
    Empty(#[from] Empty),
    /// It is not a section in Markdown.
    #[error(transparent)]
    Structure(#[from] BadStructure),
    /// It speaks about itself, or as the model that wrote it.
    #[error(transparent)]
    MetaTalk(#[from] MetaTalk),
    /// It breaks off.
    #[error("the text {0}")]
    Truncated(#[from] Cut),
    /// It says the same again and again.
    #[error(transparent)]
    Repetition(#[from] Repetition),
}

impl GateFailure {
    /// Returns the name of the gate, for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Empty(_) => "empty",
            Self::Structure(_) => "structure",
            Self::MetaTalk(_) => "meta_talk",
            Self::Truncated(_) => "truncated",
            Self::Repetition(_) => "repetition",
        }
    }
}

/// A section's Markdown without its heading, parsed, split into words and measured once for all checks.
pub struct SectionText<'a> {
    source: &'a str,
    blocks: Vec<Block>,
    /// Where the words of each block stand in its text.
    word_ranges: Vec<Vec<Range<usize>>>,
    length: u32,
}

impl<'a> SectionText<'a> {
    /// Parses `source` as Markdown and measures it in the unit of `language`, a BCP 47 tag.
    pub fn read(source: &'a str, language: &str) -> Self {
        let blocks = markdown::blocks(source);
        let word_ranges: Vec<_> = blocks.iter().map(|block| length::word_ranges(block, language)).collect();
        Self { source, length: length::of_blocks(&blocks, &word_ranges, language), blocks, word_ranges }
    }

    /// Returns each block with its words.
    fn words(&self) -> impl Iterator<Item = BlockWords<'_>> {
        self.blocks.iter().zip(&self.word_ranges).map(|(block, ranges)| BlockWords {
            block,
            words: ranges.iter().map(|range| &block.text[range.clone()]).collect(),
        })
    }

    /// Returns the length of the text.
    pub fn length(&self) -> u32 {
        self.length
    }
}

/// A block with the words of its text.
struct BlockWords<'a> {
    block: &'a Block,
    words: Vec<&'a str>,
}

/// Returns why a text cannot stand in a book, if it cannot.
///
/// The checks run in the order of what they tell: a refusal is also too short, and only the first failure is returned.
pub fn gate(text: &SectionText<'_>, asked: &Asked<'_>) -> Result<(), GateFailure> {
    refusal::check(text, asked)?;
    empty::check(text.length, asked)?;
    structure::check(text, asked)?;
    meta_talk::check(&text.blocks, asked)?;
    if let Some(cut) = ending::cut_in_blocks(text.source, &text.blocks, asked.language) {
        return Err(cut.into());
    }
    repetition::check(text, asked.language)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_by_its_words_as_by_itself() {
        for language in ["en", "zh", "th"] {
            for text in [
                "Two words\n\n```\nlet a = b;\n```\n",
                "海は静か。\n\n- ภาษาไทย\n\n***\n",
                "# A\n\n| b | 3 |\n|---|---|\n",
            ] {
                assert_eq!(
                    SectionText::read(text, language).length(),
                    length::length(text, language),
                    "{language}: {text}"
                );
            }
        }
    }
}
