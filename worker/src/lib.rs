//! Writes chapters: [`write`](mod@write) takes one chapter from its brief through its sections to its result. After the audit of
//! the whole book, a repair mends the sections that it has named. A revision changes what an editor asks for.

mod brief;
mod context_cache;
mod drafts;
mod facts;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod improve;
mod judging;
mod practice;
mod prompt;
mod question;
mod repair;
mod revision;
mod section;
#[cfg(test)]
mod snapshots;
mod summary;
pub mod write;
