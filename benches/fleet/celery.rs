//! The yardstick: the same books as chords of Celery tasks, on the same broker and the same store.

mod client;
mod install;
mod worker;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use self::{client::Client, worker::Worker};
use crate::servers::Servers;

/// Messages that a worker holds at once, whatever its pool: as many as Bindery's chapters in flight.
const IN_FLIGHT: usize = 64;

/// How a worker runs its tasks.
#[derive(Clone, Copy)]
pub(crate) struct Pool {
    kind: &'static str,
    /// Tasks that run at once.
    pub(crate) tasks: usize,
}

/// A worker with one pool, and a client that submits books to it.
pub(crate) struct Celery {
    client: Client,
    // Dropped after its client.
    _worker: Worker,
}

/// What became of the books of one order.
#[derive(Deserialize)]
struct Bound {
    /// From the first submission until the last file was synced.
    seconds: f64,
    /// How long the slowest task of the last book slept.
    slowest_sleep: f64,
}

impl Pool {
    /// Returns the pools that are measured.
    ///
    /// Eventlet is left out: Celery's extra of that name installs nothing for Python 3.10 and later.
    pub(crate) fn all() -> [Self; 4] {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(IN_FLIGHT);
        [
            Self { kind: "prefork", tasks: cores },
            Self { kind: "prefork", tasks: IN_FLIGHT },
            Self { kind: "threads", tasks: IN_FLIGHT },
            Self { kind: "gevent", tasks: IN_FLIGHT },
        ]
    }

    /// Returns the name of its row.
    pub(crate) fn name(self) -> String {
        format!("{} {}", self.kind, self.tasks)
    }
}

impl Celery {
    /// Starts a worker on these servers, in a vhost of its own, whose chapters have this text.
    pub(crate) async fn start(servers: &Servers, pool: Pool, text: &str) -> Result<Self> {
        let worker = Worker::start(servers, pool, text).await?;
        Ok(Self { client: Client::start(&worker)?, _worker: worker })
    }

    /// Writes so many books of so many chapters, all submitted at once. Returns chapters a second.
    pub(crate) fn rate(&mut self, books: usize, chapters: usize) -> Result<f64> {
        let bound = self.client.order(&vec![vec![Duration::ZERO; chapters]; books])?;
        Ok((books * chapters) as f64 / bound.seconds)
    }

    /// Writes one book whose tasks sleep so long. Returns the time from submitted to bound, less its slowest sleep.
    pub(crate) fn overhead(&mut self, sleeps: &[Duration]) -> Result<Duration> {
        let bound = self.client.order(&[sleeps.to_vec()])?;
        let overhead = bound.seconds - bound.slowest_sleep;
        ensure!(overhead > 0.0, "a book took less time than its slowest task");
        Duration::try_from_secs_f64(overhead).context("an overhead is a time")
    }
}
