//! The commands, one per file.

pub(crate) mod approve;
pub(crate) mod books;
pub(crate) mod cancel;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod dead;
pub(crate) mod delete;
pub(crate) mod doctor;
pub(crate) mod get;
pub(crate) mod health;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod plan;
pub(crate) mod redrive;
pub(crate) mod rewrite;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod stand_in;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod tidy;
pub(crate) mod watch;
pub(crate) mod why;
pub(crate) mod write;
