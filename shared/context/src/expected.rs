//! The output tokens that the texts of a book are expected to take. Reasoning and repeated calls come on top.

use bindery_domain::{Unit, expected_tokens};

use crate::{Context, Slice, contract::summary_length};

/// Returns the tokens of a text of this length.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tokens is positive and small")]
pub fn text_tokens(length: u32, unit: Unit, language: &str) -> u64 {
    expected_tokens(length, unit, language).round() as u64
}

/// Returns the tokens of what a planning call decides on the book, if it does, and on this many chapters.
pub fn plan_tokens(book: bool, chapters: usize) -> u64 {
    700 * u64::from(book) + 190 * chapters as u64
}

/// Returns the most tokens that a planning call may take.
pub fn plan_room(book: bool, chapters: usize) -> u32 {
    500 + 2_200 * u32::from(book) + 520 * u32::try_from(chapters).unwrap_or(u32::MAX / 1_000)
}

/// Returns the tokens of a chapter's brief.
pub fn brief_tokens(slice: &Slice) -> u64 {
    190 * u64::from(slice.sections.max(1))
}

/// Returns the most tokens that a chapter's brief may take.
pub fn brief_room(slice: &Slice) -> u32 {
    let points = u32::try_from(slice.owns.len()).unwrap_or(u32::MAX);
    400 + 480 * slice.sections + 20 * points
}

/// Returns the tokens of a chapter's summary.
pub fn summary_tokens(context: &Context) -> u64 {
    let unit = context.unit();
    text_tokens(summary_length(unit), unit, &context.book.language)
}

/// Returns the tokens of a judgement of this many points.
pub fn judgement_tokens(points: usize) -> u64 {
    10 + 5 * points as u64
}

/// Returns the most tokens that a judgement of this many points may take.
pub fn judgement_room(points: usize) -> u32 {
    100 + 10 * u32::try_from(points).unwrap_or(u32::MAX / 20)
}

/// Returns the tokens of an outline with this many chapters.
pub fn outline_tokens(chapters: u32) -> u64 {
    100 + 160 * u64::from(chapters)
}

/// The most facts that a chapter lists. A chapter of 3,000 words seldom states more on which other chapters could differ.
pub const MOST_FACTS: u32 = 16;

/// Returns the tokens of a chapter's list of facts: a dozen, each with its sentence.
pub fn facts_tokens() -> u64 {
    12 * 45
}

/// Returns the most tokens that a chapter's list of facts may take.
pub fn facts_room() -> u32 {
    200 + 100 * MOST_FACTS
}
