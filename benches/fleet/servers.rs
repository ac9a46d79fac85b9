//! The broker and the store that are measured on: private ones on this machine.

use std::sync::Arc;

use anyhow::Result;
use bindery_config::Config;
use bindery_ledger::Rules;
use bindery_queue::Queue;
use bindery_store::{Clock, Store};
use bindery_test_servers::{Rabbit, Redis};

/// A vhost of its own on the shared broker, and an empty store.
pub(crate) struct Servers {
    pub(crate) amqp: String,
    pub(crate) redis: Redis,
}

impl Servers {
    /// Starts them.
    pub(crate) fn start() -> Self {
        Self { amqp: Self::vhost(), redis: Redis::start() }
    }

    /// Makes a vhost on the broker, and returns its URL.
    pub(crate) fn vhost() -> String {
        // All benchmarks of one run share a broker, because a broker takes seconds to start.
        Rabbit::shared().vhost()
    }

    /// Connects to the broker as the program does.
    pub(crate) async fn queue(&self) -> Result<Arc<dyn Queue>> {
        Ok(bindery_queue::connect(&bindery_queue::Access::new(&self.amqp)).await?)
    }

    /// Connects to the store as the program does.
    pub(crate) async fn store(&self) -> Result<Arc<dyn Store>> {
        Ok(bindery_store::connect(&bindery_store::Access::new(&self.redis.url()), rules(), Clock::Own).await?)
    }
}

/// Returns the usual rules of the ledger.
pub(crate) fn rules() -> Rules {
    let ledger = Config::default().ledger;
    Rules {
        lease: ledger.lease,
        publish_grace: ledger.publish_grace,
        lost_after: ledger.lost_after,
        solo_after: ledger.solo_after,
        retention: None,
        max_open_books: None,
    }
}
