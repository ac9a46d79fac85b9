//! Waits for the full set, orders it, binds it.

pub mod bind;
