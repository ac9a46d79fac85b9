//! Writes chapters: [`write`](mod@write) takes one chapter from its brief through its sections to its result.

mod brief;
mod context_cache;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod prompt;
mod section;
mod summary;
pub mod unfinished;
pub mod write;
