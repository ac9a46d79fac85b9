//! Each feature of the servers, on real ones.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, including functions that clippy cannot tell are part of one"
)]

mod end;
mod proxy;
mod rabbit;
mod redis;
