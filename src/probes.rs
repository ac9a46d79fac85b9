//! Metrics and probes of a process that serves, where the settings give them an address.

use std::{net::SocketAddr, sync::Arc};

use bindery_config::Config;
use bindery_telemetry::{Admin, AdminState, Health, Measured, Metrics, PollScope, Poller};
use bindery_webhook::Sender;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{app::App, exit::Failure};

/// The endpoint of metrics and probes, and what keeps its metrics fresh. Both end when this is dropped.
pub(crate) struct Probes {
    measured: Measured,
    stopping: CancellationToken,
    address: SocketAddr,
    tasks: Vec<AbortOnDropHandle<()>>,
}

impl Probes {
    /// Serves metrics and probes where the settings ask for it. They are there before the process has found its servers:
    /// until then it is alive and not ready.
    pub(crate) async fn listen(config: &Config) -> Result<Option<Self>, Failure> {
        let Some(address) = config.serve.admin else { return Ok(None) };
        let (measured, stopping) = (Measured::new(env!("CARGO_PKG_VERSION")), CancellationToken::new());
        let Measured { metrics, health } = measured.clone();
        let admin = Admin::listen(address, AdminState { metrics, health, stopping: stopping.clone() }).await;
        let admin = admin.map_err(Failure::unavailable)?;
        let address = admin.address().map_err(Failure::unavailable)?;
        let serving = tokio::spawn(async move {
            if let Err(error) = admin.serve().await {
                tracing::error!(%error, "metrics and probes are no longer served");
            }
        });
        Ok(Some(Self { measured, stopping, address, tasks: vec![AbortOnDropHandle::new(serving)] }))
    }

    /// Measures the app's ports from now on; the app goes on with measured ports.
    pub(crate) fn measure(&mut self, app: &mut App, scope: PollScope) {
        app.ports = self.measured.ports(app.ports.clone());
        let Measured { metrics, health } = self.measured.clone();
        let polling = tokio::spawn(Poller { metrics, health, scope }.run(self.stopping.clone()));
        self.tasks.push(AbortOnDropHandle::new(polling));
    }

    /// Measures what calls webhooks.
    pub(crate) fn measure_sender(&self, sender: Arc<dyn Sender>) -> Arc<dyn Sender> {
        self.measured.sender(sender)
    }

    /// Returns the address where they are served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the metrics.
    pub(crate) fn metrics(&self) -> Arc<Metrics> {
        self.measured.metrics.clone()
    }

    /// Returns the health of the process.
    pub(crate) fn health(&self) -> &Health {
        &self.measured.health
    }

    /// Makes the process not ready from now on, since it is stopping.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }
}
