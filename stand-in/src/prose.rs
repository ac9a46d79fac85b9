//! Placeholder prose: grammatical sentences about nothing, built around a section's points.
//!
//! The sentences come from small grammars, one file a language in `prose/languages/`: English, German, French,
//! Spanish, Japanese and Chinese. Every other language falls back to Latin filler.

mod compose;
mod grammar;
mod keywords;
mod voice;

pub(crate) use compose::{Commission, write};
pub(crate) use voice::{Topic, Voice};
