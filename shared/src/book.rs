//! The book vocabulary: what a client asks for and what every chapter is written from.

pub mod money;
pub mod outline;
