//! Takes requests in, plans books, releases chapters, sweeps.
//!
//! [`intake`] reads submissions of upstream systems, [`submit`] accepts a request and publishes its plan, [`plan`] makes
//! the context, [`outline`] lets a model make an outline first, [`mod@sweep`] serves due times, [`herald`] tells
//! listeners what becomes of books.

#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod herald;
pub mod intake;
pub mod outline;
pub mod plan;
mod post;
pub mod submit;
pub mod sweep;
pub mod terms;
