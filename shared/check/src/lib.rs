//! Checks a model's text by plain code.
//!
//! [`tidy`] first takes away what is harmless: frames around the text, reasoning, fences. Where a [`gate`] fails, the text cannot
//! stand in a book and the try is lost. Gates are few, and each needs strong evidence. Where a target is missed ([`targets`],
//! [`chapter`]), the text could be better: it may be written again with the report's advice, and the better text is kept.
//!
//! Every check reads the text a bounded number of times, so that its cost is linear in the text's length.

pub mod audit;
#[cfg(test)]
mod calibration;
mod chapter;
pub mod choice;
mod coverage;
mod data;
mod empty;
mod form;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod garbled;
mod language;
mod lemma;
mod looping;
pub mod manuscript;
mod meta_talk;
mod phrase;
mod refusal;
mod repetition;
pub mod score;
pub mod shingles;
mod target;
mod tidy;
mod words;

use std::{ops::Range, sync::OnceLock};

use bindery_text::{
    ending::{self, Certainty, Cut},
    length,
    markdown::{self, Block},
};

pub use bindery_domain::Judging;
pub use chapter::{ChapterReport, Section, chapter};
pub use coverage::suspect_points;
pub use data::Data;
pub use empty::Empty;
pub use garbled::Garbled;
pub use language::{OtherLanguage, detected as detected_language};
pub use looping::Loop;
pub use meta_talk::MetaTalk;
pub use refusal::Refusal;
pub use target::{LengthReport, TargetReport, targets};
pub use tidy::tidy;
use words::Words;

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
    /// It is empty, or shorter than a sentence.
    #[error(transparent)]
    Empty(#[from] Empty),
    /// It is data and not prose.
    #[error(transparent)]
    Structure(#[from] Data),
    /// Its letters were damaged.
    #[error(transparent)]
    Garbled(#[from] Garbled),
    /// It is in another language than the book's.
    #[error(transparent)]
    Language(#[from] OtherLanguage),
    /// It speaks about itself, or as the model that wrote it.
    #[error(transparent)]
    MetaTalk(#[from] MetaTalk),
    /// It breaks off.
    #[error("the text {0}")]
    Truncated(#[from] Cut),
    /// It goes in a loop.
    #[error(transparent)]
    Repetition(#[from] Loop),
}

impl GateFailure {
    /// Returns the name of the gate, for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Empty(_) => "empty",
            Self::Structure(_) => "structure",
            Self::Garbled(_) => "garbled",
            Self::Language(_) => "language",
            Self::MetaTalk(_) => "meta_talk",
            Self::Truncated(_) => "truncated",
            Self::Repetition(_) => "repetition",
        }
    }
}

/// A section's Markdown without its heading, parsed, split into words and measured once for all checks.
pub struct SectionText<'a> {
    source: &'a str,
    language: &'a str,
    blocks: Vec<Block>,
    /// Where the words of each block stand in its text.
    word_ranges: Vec<Vec<Range<usize>>>,
    length: u32,
    /// Made by the first check that needs it.
    prose_words: OnceLock<Words>,
}

impl<'a> SectionText<'a> {
    /// Parses `source` as Markdown and measures it in the unit of `language`, a BCP 47 tag.
    pub fn read(source: &'a str, language: &'a str) -> Self {
        let blocks = markdown::blocks(source);
        let word_ranges: Vec<_> = blocks.iter().map(|block| length::word_ranges(block, language)).collect();
        let length = length::of_blocks(&blocks, &word_ranges, language);
        Self { source, language, blocks, word_ranges, length, prose_words: OnceLock::new() }
    }

    /// Returns the words of the prose.
    fn prose_words(&self) -> &Words {
        self.prose_words.get_or_init(|| Words::new(&self.blocks, &self.word_ranges, self.language))
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
    data::check(text)?;
    garbled::check(text.source)?;
    meta_talk::check(text.source, &text.blocks)?;
    language::check(text, asked.language)?;
    cut(text, asked).map_or(Ok(()), Err)?;
    looping::check(text)?;
    Ok(())
}

/// Returns how a text breaks off, if that is sure: by its end alone, or because it also has not the length that was asked.
fn cut(text: &SectionText<'_>, asked: &Asked<'_>) -> Option<Cut> {
    /// The share of the asked length, in percent, below which a sentence that stops proves a cut.
    const SHORT: u64 = 90;

    let sign = ending::sign_in_blocks(text.source, &text.blocks, asked.language)?;
    let is_short = u64::from(text.length) * 100 < u64::from(asked.length) * SHORT;
    let sure = if is_short { Certainty::Likely } else { Certainty::Certain };
    (sign.certainty >= sure).then_some(sign.cut)
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
