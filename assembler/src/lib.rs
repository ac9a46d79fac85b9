//! Binds books: checks that all chapters are there, orders them, renders them and stores the files.

pub mod bind;
pub mod partial;
