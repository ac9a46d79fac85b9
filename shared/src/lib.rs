//! What the roles agree on: the book vocabulary, the ledger's rules, and the ports with their adapters.

pub mod book;
pub mod contract;
pub mod ledger;
pub mod model;
pub mod text;
