//! Text as a reader sees it: how long it is, how it ends, and which characters may stand in it.

pub mod clean;
pub mod ending;
pub mod language;
pub mod length;
pub mod markdown;
