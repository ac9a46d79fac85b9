//! Takes requests in, plans books, releases chapters, sweeps.
//!
//! [`submit`] accepts a request and publishes its plan, [`plan`] makes the context, [`outline`] lets a model make an
//! outline first, [`mod@sweep`] serves due times.

pub mod outline;
pub mod plan;
pub mod submit;
pub mod sweep;
