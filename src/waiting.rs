//! Opening the store and the broker of a process that serves. Either may come later than the process, so it waits for them
//! and says so: a restart would bring neither of them nearer.

use std::{fmt::Display, time::Duration};

use bindery_config::Config;
use bindery_domain::backoff;
use bindery_queue::QueueError;
use bindery_runtime::{FaultLog, Ports};
use bindery_store::StoreError;
use bindery_telemetry::Health;

use crate::{
    app::{self, App},
    cli::Global,
    environment::Environment,
    exit::Failure,
};

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A server that a process needs before it can serve.
struct Server<'a> {
    name: &'static str,
    log: FaultLog,
    health: Option<&'a Health>,
}

/// Opens the app of a process that serves, however long its store and its broker take to come.
pub(crate) async fn open(
    global: &Global,
    environment: &Environment,
    config: Config,
    health: Option<&Health>,
) -> Result<App, Failure> {
    let folder = app::folder(global, environment, &config)?;
    let log = FaultLog::new("the store is not there yet; this process waits for it", "the store is there");
    let store = Server { name: "the store", log, health };
    let store = store.found(store_may_come, || async {
        let store = app::store(&config, &folder).await?;
        // A Redis that loads its data tells of itself, but holds nothing yet.
        store.load().await?;
        Ok(store)
    });
    let log = FaultLog::new("the broker is not there yet; this process waits for it", "the broker is there");
    let broker = Server { name: "the broker", log, health };
    let access = config.queue.access();
    let queue = broker.found(broker_may_come, || bindery_queue::connect(&access));
    let (store, queue) = tokio::try_join!(store, queue)?;
    App::on(environment, config, folder, Ports::new(store, queue))
}

impl Server<'_> {
    /// Tries until the server is found, or until it fails in a way that time does not mend.
    async fn found<T, E: Display>(
        &self,
        may_come: fn(&E) -> bool,
        connect: impl AsyncFn() -> Result<T, E>,
    ) -> Result<T, Failure> {
        for failures in 1.. {
            let error = match connect().await {
                Ok(found) => {
                    self.log.ended();
                    self.health.inspect(|health| health.found(self.name));
                    return Ok(found);
                }
                Err(error) => error,
            };
            if !may_come(&error) {
                return Err(Failure::unavailable(error));
            }
            // First, so that readiness says no less than the log.
            self.health.inspect(|health| health.waits_for(self.name, error.to_string()));
            self.log.failed(&error);
            tokio::time::sleep(backoff(failures).min(LONGEST_WAIT)).await;
        }
        unreachable!("the loop has no last try")
    }
}

fn store_may_come(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable { .. } | StoreError::Failed(_))
}

fn broker_may_come(error: &QueueError) -> bool {
    match error {
        // A broker that starts recovers its vhosts one after the other.
        QueueError::VhostRefused { cause, .. } => cause.contains("is down"),
        QueueError::Unreachable { .. } | QueueError::Blocked | QueueError::Unconfirmed(_) => true,
        _ => false,
    }
}
