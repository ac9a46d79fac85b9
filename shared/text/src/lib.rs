//! Text as a reader sees it: its words, its length, its end, its numbers, its blocks of Markdown, and the characters allowed in it.

pub mod clean;
pub mod editable;
pub mod ending;
pub mod language;
pub mod length;
pub mod markdown;
pub mod numerals;
pub mod quotation;
pub mod sentence;
pub mod term;
