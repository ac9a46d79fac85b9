//! The stand-in as a client sees it, over real HTTP.

mod answers;
mod anthropic;
mod client;
mod faults;
mod lifecycle;
mod openai;
