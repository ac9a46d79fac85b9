//! What the roles agree on: the book vocabulary, the ledger's rules, and the ports with their adapters.

pub mod book;
pub mod config;
pub mod contract;
pub mod model;
pub mod text;
