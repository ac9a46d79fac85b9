//! Writes chapters: [`write`](mod@write) takes one chapter from its brief through its sections to its commit.
//!
//! What a prompt says stands in `prompt`, what a text is held against in [`check`].

mod brief;
mod contexts;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod prompt;
mod section;
mod summary;
pub mod write;
