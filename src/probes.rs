//! Metrics and probes of a process that serves, where the settings give them an address.

use std::{net::SocketAddr, sync::Arc};

use bindery_telemetry::{Admin, Metrics, Monitor, Survey, survey};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{app::App, exit::Failure};

/// The endpoint, and what keeps its figures fresh: both end when this is dropped.
pub(crate) struct Probes {
    monitor: Arc<Monitor>,
    stopping: CancellationToken,
    address: SocketAddr,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Probes {
    /// Has the app's ports measured and served, where that is wanted.
    pub(crate) async fn of(app: &mut App, scope: Survey) -> Result<Option<Self>, Failure> {
        let Some(address) = app.config.serve.admin else { return Ok(None) };
        let (monitor, ports) = Monitor::of(app.ports.clone(), env!("CARGO_PKG_VERSION"));
        let stopping = CancellationToken::new();
        let admin = Admin::listen(address, monitor.clone(), stopping.clone()).await.map_err(Failure::unavailable)?;
        let address = admin.address().map_err(Failure::unavailable)?;
        app.ports = ports;
        let serving = tokio::spawn(async move {
            if let Err(error) = admin.serve().await {
                tracing::error!(%error, "metrics and probes are no longer served");
            }
        });
        let surveying = tokio::spawn(survey(monitor.clone(), scope, stopping.clone()));
        let tasks = [serving, surveying].map(AbortOnDropHandle::new);
        Ok(Some(Self { monitor, stopping, address, _tasks: tasks }))
    }

    /// Returns where they are served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what is counted.
    pub(crate) fn metrics(&self) -> Arc<Metrics> {
        self.monitor.metrics().clone()
    }

    /// Says from now on that the process is stopping.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }
}
