//! What one listener was told of the texts of its book, and what it is told next.

use std::collections::BTreeMap;

use bindery_domain::BookId;
use bindery_store::{LiveCall, LiveSection};
use schemars::JsonSchema;
use serde::Serialize;

use super::Texts;

/// The text of a section while a model writes it, in a message called `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SectionText {
    /// The id of the book.
    book: String,
    /// The number of the chapter, from 1.
    chapter: u32,
    /// The number of the section within the chapter, from 1.
    section: u16,
    /// The number of the model's call among those for this section. Another call writes the text anew.
    attempt: u32,
    /// How many characters (Unicode code points) of the text come before this piece. 0 says that the text begins anew: what was
    /// heard of the section before is void.
    offset: u64,
    /// The piece, which is added to what was heard.
    text: String,
}

/// A section whose text is no longer under way, in a message called `text_ended`. What was heard of its text is void: it is
/// written, and a part of its chapter's text, or it is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EndedText {
    /// The id of the book.
    book: String,
    /// The number of the chapter, from 1.
    chapter: u32,
    /// The number of the section within the chapter, from 1.
    section: u16,
}

/// What a listener is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextMessage {
    Text(SectionText),
    Ended(EndedText),
}

/// How much of each text a listener was told.
#[derive(Debug)]
pub(crate) struct Told {
    book: BookId,
    texts: BTreeMap<LiveSection, Extent>,
}

#[derive(Clone, Copy, Debug)]
struct Extent {
    call: LiveCall,
    bytes: usize,
    characters: u64,
}

impl Told {
    /// Makes what a listener of a book was told that begins.
    pub(crate) fn nothing(book: BookId) -> Self {
        Self { book, texts: BTreeMap::new() }
    }

    /// Returns what the listener is told next. However long it was not told anything, it is told each text once.
    pub(super) fn of(&mut self, texts: &Texts) -> Vec<TextMessage> {
        let mut before = std::mem::take(&mut self.texts);
        let mut messages = Vec::new();
        for (section, now) in &texts.under_way {
            let is_ahead = |known: &Extent| known.call == now.call && known.bytes <= now.text.len();
            let known = before.remove(section).filter(is_ahead);
            let (bytes, offset) = known.map_or((0, 0), |known| (known.bytes, known.characters));
            let piece = now.text.get(bytes..).unwrap_or_default();
            let characters = offset + piece.chars().count() as u64;
            self.texts.insert(*section, Extent { call: now.call, bytes: now.text.len(), characters });
            if known.is_none() || !piece.is_empty() {
                messages.push(TextMessage::Text(SectionText {
                    book: self.book.to_string(),
                    chapter: section.chapter,
                    section: section.number,
                    attempt: now.call.attempt,
                    offset,
                    text: piece.to_owned(),
                }));
            }
        }
        messages.extend(before.into_keys().map(|LiveSection { chapter, number: section }| {
            TextMessage::Ended(EndedText { book: self.book.to_string(), chapter, section })
        }));
        messages
    }
}
