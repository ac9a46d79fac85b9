//! Real servers for tests and benches: private, on free loopback ports, each in a folder of its own, ended with the
//! process that started them, even when that is killed. And a proxy that plays the faults of a network.
//!
//! All calls block, may be made from any thread, and panic with the server's log when something does not work.

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
    objects::Objects,
    prometheus::Prometheus,
    proxy::Proxy,
    rabbit::{QueueState, Rabbit},
    redis::{Redis, RedisCluster, Sentinels, Snapshot},
};
