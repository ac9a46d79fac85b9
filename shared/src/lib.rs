//! What the roles agree on: the book vocabulary, the ledger's rules, and the ports with their adapters.

pub mod book;
pub mod config;
pub mod contract;
pub mod ledger;
pub mod message;
pub mod model;
pub mod queue;
pub mod store;
pub mod text;
