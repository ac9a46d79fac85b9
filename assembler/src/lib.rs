//! Waits for the full set, orders it, binds it.

pub mod bind;
pub mod format;
pub mod manuscript;
