//! Formulas at the edges of a chapter: an introduction that says that it introduces, and a conclusion that says that it concludes.
//! Only the first words of a chapter and of its last paragraph are looked at. The people of a story may speak in formulas.

use bindery_text::language;

use super::{Book, Finding, FindingKind, folded_words, seams::SUMMING_UP};
use crate::score::{CLOSING_FORMULAS, OPENING_FORMULAS};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    if book.expected.fiction {
        return Vec::new();
    }
    let (opening, closing) = formulas(&language::primary(&book.text.language));
    let mut found = Vec::new();
    for chapter in &book.text.chapters {
        let sections = &book.text.sections[chapter.sections.clone()];
        if let Some(first) = sections.first().and_then(|section| book.first_sentence(section)) {
            let advice = "The chapter opens with a formula. Begin with the matter itself.";
            found.extend(begins_with(book, first, opening, advice));
        }
        let last = sections.last().and_then(|section| book.last_paragraph(section));
        if let Some(first) = last.and_then(|paragraph| paragraph.sentences.clone().next()) {
            let advice = "The chapter ends with a formula of a conclusion. End it with something of its own.";
            found.extend(begins_with(book, first, closing, advice));
        }
    }
    found
}

/// Returns the formulas of introductions and those of conclusions. Only English has lists of both.
fn formulas(language: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        "en" => (OPENING_FORMULAS, CLOSING_FORMULAS),
        _ => (&[], SUMMING_UP.iter().find(|(tag, _)| *tag == language).map_or(&[], |(_, phrases)| phrases)),
    }
}

fn begins_with(book: &Book<'_>, sentence: usize, formulas: &[&str], advice: &str) -> Option<Finding> {
    let begins = |formula: &&&str| book.phrase(formula).is_some_and(|words| book.words(sentence).starts_with(&words));
    formulas.iter().find(begins)?;
    let (place, quote) = (book.text.place(sentence), book.sentence(sentence));
    Some(Finding::new(FindingKind::Formula, place, quote, advice.to_owned()))
}

/// Returns whether running text still begins or ends with a formula, as the quoted sentence does.
pub(super) fn stands(quote: &str, text: &str, tag: &str) -> bool {
    let (opening, closing) = formulas(&language::primary(tag));
    let begins = |text: &str, formulas: &[&str]| {
        let words = folded_words(text, tag);
        formulas.iter().any(|formula| words.starts_with(&folded_words(formula, tag)))
    };
    let edges = (text.split("\n\n").next(), text.rsplit("\n\n").next());
    let at = |edge: Option<&str>, formulas| begins(quote, formulas) && edge.is_some_and(|edge| begins(edge, formulas));
    at(edges.0, opening) || at(edges.1, closing)
}
