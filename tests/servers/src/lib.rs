//! Real servers for tests and benches, and a proxy that simulates network faults.
//!
//! Each server is private: it has a free loopback port and a folder of its own, and ends with the process that started
//! it, even if that process is killed. All calls block, may come from any thread, and panic with the server's log if
//! something does not work.

mod certificates;
mod guardian;
mod http;
mod objects;
mod port;
mod prometheus;
mod proxy;
mod rabbit;
mod redis;

pub use self::{
    certificates::Certificates,
    guardian::Guardian,
    objects::{Key, Objects},
    prometheus::{Prometheus, Target},
    proxy::Proxy,
    rabbit::{QueueState, Rabbit},
    redis::{Holders, Redis, RedisCluster, Sentinels, Snapshot},
};
