//! Takes requests in, plans books, releases chapters, sweeps.
//!
//! [`intake`] reads submissions of upstream systems, [`submit`] accepts a request and publishes its plan, [`plan`] makes
//! the context, [`outline`] lets a model make an outline first, [`mod@sweep`] serves due times, [`event_publisher`] tells
//! listeners what becomes of books.

pub mod event_publisher;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod intake;
mod leader_lock;
pub mod outline;
pub mod plan;
pub mod submit;
pub mod sweep;
pub mod terms;
