//! Placeholder prose: grammatical sentences without meaning, around the points of a section.
//!
//! The sentences come from small grammars, with one file for each language in `prose/languages/`: English, German,
//! French, Spanish, Japanese and Chinese. Every other language falls back to Latin filler.

mod compose;
mod generator;
mod grammar;
mod keywords;

pub(crate) use compose::{ProseSpec, write};
pub(crate) use generator::{TextGenerator, Topic};
