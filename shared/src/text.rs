//! Text as a reader sees it: how long it is, and which characters may stand in it.

pub mod clean;
