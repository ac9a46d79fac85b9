//! Each feature of the servers, on real ones.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, also the functions that clippy.toml cannot tell are one"
)]

mod end;
mod proxy;
mod rabbit;
mod redis;
