//! The gate against text that speaks of itself, its making or its maker.
//!
//! The place decides what a phrase means. A presentation ("Here is the section:") is looked for where
//! the text opens, an offer ("Let me know if") where it closes, and only what no author writes in
//! earnest is looked for anywhere. Code, quotations and speech are the book's own and are left out.

mod anywhere;
#[cfg(test)]
mod calibration;
mod closing;
mod note;
mod opening;
mod squeezed;

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
    /// The text ends by offering more, hoping to please or announcing a sequel.
    #[error("the text closes by addressing whoever asked for it: “{0}”")]
    Closing(String),
    /// The text states its own length or repeats a label of its contract.
    #[error("the text carries a note about itself: “{0}”")]
    Note(String),
    /// Something was left to be filled in.
    #[error("the text leaves a placeholder: “{0}”")]
    Placeholder(String),
    /// Marks of reasoning, of the wire format or of the contract.
    #[error("the text shows its scaffolding: “{0}”")]
    Scaffolding(String),
    /// The model speaks as a model.
    #[error("the text speaks as a language model: “{0}”")]
    Model(String),
    /// The points to make are listed word for word instead of made.
    #[error("the text lists the points it was to make, word for word, beginning with “{0}”")]
    Echo(String),
}

pub(super) fn check(blocks: &[Block], asked: &Asked<'_>) -> Result<(), MetaTalk> {
    let prose: Vec<&Block> = blocks.iter().filter(|block| block.is_prose() && !block.quoted).collect();
    let found = anywhere::find(blocks)
        .or_else(|| open(&prose, blocks))
        .or_else(|| close(&prose))
        .or_else(|| echo(&prose, asked.points));
    found.map_or(Ok(()), Err)
}

fn open(prose: &[&Block], blocks: &[Block]) -> Option<MetaTalk> {
    /// A first paragraph shorter than this may be an acknowledgement, and the presentation the second.
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
            opening::find(&Sentences::new(&text), presents(block, blocks)).or_else(|| squeezed::opening(&text))
        })
        .map(MetaTalk::Opening)
}

/// Returns whether `block` may introduce what follows it: "Here is the final version:" before a listing.
fn presents(block: &Block, blocks: &[Block]) -> bool {
    let next = blocks.iter().find(|next| next.source.start >= block.source.end);
    next.is_some_and(|next| next.quoted || matches!(next.kind, Kind::Code { .. } | Kind::Table | Kind::Item))
}

fn close(prose: &[&Block]) -> Option<MetaTalk> {
    /// How many of the last paragraphs and list items are the close.
    const BLOCKS: usize = 2;

    prose.iter().rev().take(BLOCKS).find_map(|block| {
        let text = block.prose();
        if note::is_note(&text) {
            return Some(MetaTalk::Note(excerpt(&text)));
        }
        closing::find(&Sentences::new(&text)).or_else(|| squeezed::closing(&text)).map(MetaTalk::Closing)
    })
}

/// Finds points that stand as list items of their own, word for word: two of them are no coincidence.
fn echo(prose: &[&Block], points: &[String]) -> Option<MetaTalk> {
    let letters = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let points: Vec<_> = points.iter().map(|point| letters(point)).filter(|point| !point.is_empty()).collect();
    let mut echoed = prose.iter().filter(|block| block.kind == Kind::Item && points.contains(&letters(&block.text)));
    let first = echoed.next()?;
    echoed.next().map(|_| MetaTalk::Echo(excerpt(&first.text)))
}
