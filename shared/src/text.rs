//! Text as a reader sees it: its blocks, how long it is, and whether it ends where a writer would end it.

pub mod ending;
pub mod language;
pub mod length;
pub mod markdown;
