//! Chapters that are much shorter or longer than the plan has them. That is told and not mended: a section was asked for again when it
//! missed its length, and a repair keeps what is there.

use bindery_text::length::length;

use super::{Book, Finding, FindingKind};

/// The length of a chapter, in percent of the planned one, at which it is told.
const SHORT: u64 = 80;
const LONG: u64 = 135;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for chapter in &book.text.chapters {
        let plan = book.expected.chapters.iter().find(|plan| plan.chapter == chapter.number);
        let planned = plan.map_or(0, |plan| u64::from(plan.length));
        let texts = &book.sources[chapter.sections.clone()];
        let got: u64 = texts.iter().map(|text| u64::from(length(text, &book.text.language))).sum();
        let share = (got * 100).checked_div(planned).unwrap_or(100);
        let sections = &book.text.sections[chapter.sections.clone()];
        let first = sections.iter().find_map(|section| book.first_sentence(section));
        if let Some(sentence) = first.filter(|_| !(SHORT..=LONG).contains(&share)) {
            let advice = format!("The chapter has {got} of the {planned} that the plan gives it, which is {share} %.");
            found.push(Finding::new(FindingKind::Length, book.text.place(sentence), book.sentence(sentence), advice));
        }
    }
    found
}
