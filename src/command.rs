//! The commands, one per file.

pub(crate) mod approve;
pub(crate) mod books;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod delete;
pub(crate) mod doctor;
pub(crate) mod get;
pub(crate) mod plan;
pub(crate) mod rewrite;
pub(crate) mod stand_in;
pub(crate) mod status;
pub(crate) mod write;
