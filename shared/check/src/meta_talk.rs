//! The gate against text that speaks about itself, or as the model that wrote it.
//!
//! What a phrase means depends on its place. A presentation ("Here is the section:") is looked for where the text opens, and
//! an offer ("Let me know if") where it closes. Only phrases that no author writes are looked for everywhere. Code,
//! quotations and speech belong to the book and are left out.

mod anywhere;
#[cfg(test)]
mod calibration;
mod closing;
mod note;
mod opening;
mod unspaced;

use bindery_text::markdown::{Block, Kind};

use super::{
    Asked,
    phrase::{Sentences, excerpt},
};

/// Words that belong to the conversation with the model and not to the book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetaTalk {
    /// The text presents itself or acknowledges the request.
    #[error("the text opens by announcing itself instead of beginning: “{0}”")]
    Opening(String),
    /// The text ends with an offer, a hope or an announcement of what comes next.
    #[error("the text closes by addressing whoever asked for it: “{0}”")]
    Closing(String),
    /// The text states its own length or repeats a label of its contract.
    #[error("the text carries a note about itself: “{0}”")]
    Note(String),
    /// The text leaves something to be filled in.
    #[error("the text leaves a placeholder: “{0}”")]
    Placeholder(String),
    /// The text holds marks of reasoning, of the wire format or of the contract.
    #[error("the text shows its scaffolding: “{0}”")]
    Scaffolding(String),
    /// The model speaks as a model.
    #[error("the text speaks as a language model: “{0}”")]
    Model(String),
    /// The text lists its points word for word instead of making them.
    #[error("the text lists the points it was to make, word for word, beginning with “{0}”")]
    Echo(String),
}

pub(super) fn check(blocks: &[Block], asked: &Asked<'_>) -> Result<(), MetaTalk> {
    let prose: Vec<&Block> = blocks.iter().filter(|block| block.is_prose() && !block.quoted).collect();
    let found = anywhere::find(blocks)
        .or_else(|| in_opening(&prose, blocks))
        .or_else(|| in_closing(&prose))
        .or_else(|| echo(&prose, asked.points));
    found.map_or(Ok(()), Err)
}

fn in_opening(prose: &[&Block], blocks: &[Block]) -> Option<MetaTalk> {
    /// A first paragraph shorter than this may be an acknowledgement, with the presentation in the second.
    const SHORT: usize = 100;

    let first = prose.first()?;
    if note::is_note(&first.prose()) {
        return Some(MetaTalk::Note(excerpt(&first.text)));
    }
    let second = prose.get(1).filter(|_| first.text.len() < SHORT);
    [Some(first), second]
        .into_iter()
        .flatten()
        .find_map(|block| {
            let text = block.prose();
            opening::find(&Sentences::new(&text), introduces(block, blocks)).or_else(|| unspaced::opening(&text))
        })
        .map(MetaTalk::Opening)
}

/// Returns whether `block` may introduce the next block: "Here is the final version:" before a listing.
fn introduces(block: &Block, blocks: &[Block]) -> bool {
    let next = blocks.iter().find(|next| next.source.start >= block.source.end);
    next.is_some_and(|next| next.quoted || matches!(next.kind, Kind::Code { .. } | Kind::Table | Kind::Item))
}

fn in_closing(prose: &[&Block]) -> Option<MetaTalk> {
    /// The number of paragraphs and list items that are the close.
    const BLOCKS: usize = 2;

    prose.iter().rev().take(BLOCKS).find_map(|block| {
        let text = block.prose();
        if note::is_note(&text) {
            return Some(MetaTalk::Note(excerpt(&text)));
        }
        closing::find(&Sentences::new(&text)).or_else(|| unspaced::closing(&text)).map(MetaTalk::Closing)
    })
}

/// Finds points that are list items, word for word; two of them are no coincidence.
fn echo(prose: &[&Block], points: &[String]) -> Option<MetaTalk> {
    let letters = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let points: Vec<_> = points.iter().map(|point| letters(point)).filter(|point| !point.is_empty()).collect();
    let mut echoed = prose.iter().filter(|block| block.kind == Kind::Item && points.contains(&letters(&block.text)));
    let first = echoed.next()?;
    echoed.next().map(|_| MetaTalk::Echo(excerpt(&first.text)))
}
