//! The stand-in as a client sees it, over real HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, also the functions that clippy.toml cannot tell are one"
)]

mod answers;
mod anthropic;
mod client;
mod faults;
mod lifecycle;
mod openai;
