//! Metrics and probes of a process that serves, where the settings give them an address.

use std::{net::SocketAddr, sync::Arc};

use bindery_telemetry::{Admin, AdminState, Measured, Metrics, PollScope, Poller};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{app::App, exit::Failure};

/// The endpoint of metrics and probes, and what keeps its metrics fresh. Both end when this is dropped.
pub(crate) struct Probes {
    metrics: Arc<Metrics>,
    stopping: CancellationToken,
    address: SocketAddr,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Probes {
    /// Serves metrics of the app's ports where the settings ask for it; the app goes on with measured ports.
    pub(crate) async fn of(app: &mut App, scope: PollScope) -> Result<Option<Self>, Failure> {
        let Some(address) = app.config.serve.admin else { return Ok(None) };
        let Measured { ports, metrics, health } = Measured::new(app.ports.clone(), env!("CARGO_PKG_VERSION"));
        let stopping = CancellationToken::new();
        let state = AdminState { metrics: metrics.clone(), health: health.clone(), stopping: stopping.clone() };
        let admin = Admin::listen(address, state).await.map_err(Failure::unavailable)?;
        let address = admin.address().map_err(Failure::unavailable)?;
        app.ports = ports;
        let serving = tokio::spawn(async move {
            if let Err(error) = admin.serve().await {
                tracing::error!(%error, "metrics and probes are no longer served");
            }
        });
        let polling = tokio::spawn(Poller { metrics: metrics.clone(), health, scope }.run(stopping.clone()));
        let tasks = [serving, polling].map(AbortOnDropHandle::new);
        Ok(Some(Self { metrics, stopping, address, _tasks: tasks }))
    }

    /// Returns the address where they are served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the metrics.
    pub(crate) fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }

    /// Makes the process not ready from now on, since it is stopping.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }
}
