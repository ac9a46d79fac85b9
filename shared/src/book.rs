//! The book vocabulary: what a client asks for and what every chapter is written from.

pub mod context;
pub mod date;
pub mod digest;
pub mod format;
pub mod id;
pub mod later;
pub mod money;
pub mod outline;
pub mod request;
pub mod text;
