//! The gate against text that speaks about itself, or as the model that wrote it.
//!
//! What a phrase means depends on its place. A presentation ("Here is the section:") is looked for where the text opens, and
//! an offer ("Let me know if") where it closes. They are frames, which [`crate::tidy`] cuts away. Only phrases that no author
//! writes are looked for everywhere. Code, quotations and speech belong to the book and are left out.

mod announcement;
mod anywhere;
#[cfg(test)]
mod calibration;
pub(crate) mod channel;
mod closing;
pub(super) mod frame;
mod label;
mod model;
mod note;
mod opening;
mod placeholder;
mod planning;
mod task;
mod unspaced;

pub(super) use anywhere::any_of;
use bindery_text::markdown::{self, Block};

use crate::phrase::excerpt;

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
    /// The text plans itself, or counts its own words.
    #[error("the text plans itself or counts its own words: “{0}”")]
    Planning(String),
    /// The model speaks as a model.
    #[error("the text speaks as a language model: “{0}”")]
    Model(String),
}

pub(super) fn check(source: &str, blocks: &[Block]) -> Result<(), MetaTalk> {
    if channel::is_open(source) {
        return Err(MetaTalk::Scaffolding(excerpt(source)));
    }
    let framed = || frame::above(source, blocks).or_else(|| frame::below(source, blocks)).map(|frame| frame.talk);
    anywhere::find(source, blocks).or_else(framed).map_or(Ok(()), Err)
}

/// Returns what a paragraph says that no author writes, wherever it stands.
pub(super) fn anywhere(paragraph: &str) -> Option<MetaTalk> {
    anywhere::find(paragraph, &markdown::blocks(paragraph))
}

/// Returns whether a paragraph is reasoning about a text to be written.
pub(super) fn is_plan(paragraph: &str) -> bool {
    planning::is_reasoning(paragraph)
}
