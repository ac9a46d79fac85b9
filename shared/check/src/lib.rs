//! Checks on a model's text, all of them plain code.
//!
//! [`tidy`] first takes away what is harmless. A [`gate`] that fails means the text cannot stand in a
//! book: the try is lost. A target that is missed ([`targets`], [`chapter`]) means the text could be
//! better: it may be written again with the advice of the report, and the better text is kept.
//!
//! Every check reads the text a bounded number of times, so that its cost grows with its length alone.

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

pub use chapter::{ChapterReport, RepeatedParagraph, Section, chapter};
pub use empty::Empty;
pub use meta_talk::MetaTalk;
pub use refusal::Refusal;
pub use repetition::Repetition;
pub use structure::Fault;
pub use target::{LengthReport, PointScore, TargetReport, targets};
pub use tidy::tidy;

/// What a text was to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// BCP 47 tag of the book's language.
    pub language: &'a str,
    /// The heading the text stands under, which it must not repeat.
    pub heading: &'a str,
    /// What the text must say.
    pub points: &'a [String],
    /// Its length, in the unit of its language.
    pub length: u32,
}

/// Why a text cannot stand in a book; reads as a sentence, in a prompt as in a report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GateFailure {
    /// The model refuses to write.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is nothing, or far too little.
    #[error(transparent)]
    Empty(#[from] Empty),
    /// It is not a section in Markdown.
    #[error(transparent)]
    Structure(#[from] Fault),
    /// It speaks of itself, its making or its maker.
    #[error(transparent)]
    MetaTalk(#[from] MetaTalk),
    /// It breaks off.
    #[error("the text {0}")]
    Truncated(#[from] Cut),
    /// It says the same over and over.
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

/// A section's Markdown without its heading, read, cut into words and measured once for all checks.
pub struct SectionText<'a> {
    source: &'a str,
    blocks: Vec<Block>,
    /// Where the words of each block stand in its text.
    words: Vec<Vec<Range<usize>>>,
    length: u32,
}

impl<'a> SectionText<'a> {
    /// Reads `source` as Markdown and measures it in the unit of `language`, a BCP 47 tag.
    pub fn read(source: &'a str, language: &str) -> Self {
        let blocks = markdown::blocks(source);
        let words: Vec<_> = blocks.iter().map(|block| length::words(block, language)).collect();
        Self { source, length: length::of_words(&blocks, &words, language), blocks, words }
    }

    /// Returns each block with its words.
    fn words(&self) -> impl Iterator<Item = BlockWords<'_>> {
        self.blocks.iter().zip(&self.words).map(|(block, places)| BlockWords {
            block,
            words: places.iter().map(|place| &block.text[place.clone()]).collect(),
        })
    }

    /// Returns its length.
    pub fn length(&self) -> u32 {
        self.length
    }
}

/// A block with the words of its text.
struct BlockWords<'a> {
    block: &'a Block,
    words: Vec<&'a str>,
}

/// Passes a text, or says why it cannot stand in a book.
///
/// The first failure is reported, the most telling first: a refusal is also too short.
pub fn gate(text: &SectionText<'_>, asked: &Asked<'_>) -> Result<(), GateFailure> {
    refusal::check(text, asked)?;
    empty::check(text.length, asked)?;
    structure::check(text, asked)?;
    meta_talk::check(&text.blocks, asked)?;
    if let Some(cut) = ending::cut_of_blocks(text.source, &text.blocks, asked.language) {
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
