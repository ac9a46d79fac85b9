//! Writes chapters: calls the model for each section, and checks what comes back before it counts.

pub mod check;
