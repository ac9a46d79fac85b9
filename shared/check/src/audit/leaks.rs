//! Texts that speak as the model or about themselves, and sections in another language than the book's. A section is checked for
//! both when it is written; this finds what came into the book on another way.

use super::{Book, Finding, FindingKind};
use crate::{SectionText, language, meta_talk};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (section, source) in book.text.sections.iter().zip(&book.sources) {
        let Some(sentence) = book.first_sentence(section) else { continue };
        let text = SectionText::read(source, &book.text.language);
        let mut note = |kind, quote: String, advice: String| {
            found.push(Finding::new(kind, book.text.place(sentence), quote, advice));
        };
        if let Err(leak) = meta_talk::check(source, &text.blocks) {
            note(FindingKind::Leak, book.sentence(sentence), format!("{leak}. Write the section as text of the book."));
        }
        if let Err(other) = language::check(&text, &book.text.language) {
            note(FindingKind::Language, book.sentence(sentence), format!("{other}. Write it in the book's language."));
        }
    }
    found
}
