//! The endpoint of a process that serves: `/metrics`, `/healthz` and `/readyz`.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Monitor;

/// How long broker and store have for an answer: less than a probe waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// The format's name, as Prometheus asks for it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The endpoint cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be served at {address}: {cause}; choose another serve.admin")]
pub struct AdminError {
    address: SocketAddr,
    cause: io::Error,
}

/// An endpoint that listens.
pub struct Admin {
    listener: TcpListener,
    monitor: Arc<Monitor>,
    draining: CancellationToken,
}

impl Admin {
    /// Listens, so that an address that is taken is known at once. The process is no longer ready once `draining`.
    pub async fn listen(
        address: SocketAddr,
        monitor: Arc<Monitor>,
        draining: CancellationToken,
    ) -> Result<Self, AdminError> {
        let listener = TcpListener::bind(address).await.map_err(|cause| AdminError { address, cause })?;
        Ok(Self { listener, monitor, draining })
    }

    /// Returns where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves for as long as it is polled.
    pub async fn serve(self) -> io::Result<()> {
        let routes = Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(healthy))
            .route("/readyz", get(ready))
            .with_state((self.monitor, self.draining));
        axum::serve(self.listener, routes).await
    }
}

type Watched = State<(Arc<Monitor>, CancellationToken)>;

async fn metrics(State((monitor, _)): Watched) -> Response {
    ([(header::CONTENT_TYPE, TEXT)], monitor.metrics.render()).into_response()
}

async fn healthy(State((monitor, _)): Watched) -> Response {
    verdict(&monitor.stopped())
}

async fn ready(State((monitor, draining)): Watched) -> Response {
    if draining.is_cancelled() {
        return verdict(&["the process is stopping".to_owned()]);
    }
    match tokio::time::timeout(PATIENCE, monitor.unready()).await {
        Ok(missing) => verdict(&missing),
        Err(_) => verdict(&[format!("the broker or the store did not answer within {} s", PATIENCE.as_secs())]),
    }
}

fn verdict(wrong: &[String]) -> Response {
    if wrong.is_empty() {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, wrong.join("\n") + "\n").into_response()
    }
}
