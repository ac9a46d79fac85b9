//! The HTTP endpoint of a process that serves: `/metrics`, `/healthz` and `/readyz`.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Health, Metrics};

/// The content type that Prometheus asks for.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The endpoint cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be served at {address}: {cause}; choose another serve.admin")]
pub struct AdminError {
    address: SocketAddr,
    cause: io::Error,
}

/// What the endpoint serves.
#[derive(Clone)]
pub struct AdminState {
    /// The metrics of the process.
    pub metrics: Arc<Metrics>,
    /// The health of the process.
    pub health: Arc<Health>,
    /// Cancelled once the process begins to stop; it is not ready from then on.
    pub stopping: CancellationToken,
}

/// An endpoint that listens.
pub struct Admin {
    listener: TcpListener,
    state: AdminState,
}

impl Admin {
    /// Listens, so that an address in use is reported at once.
    pub async fn listen(address: SocketAddr, state: AdminState) -> Result<Self, AdminError> {
        let listener = TcpListener::bind(address).await.map_err(|cause| AdminError { address, cause })?;
        Ok(Self { listener, state })
    }

    /// Returns the address it listens at.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves for as long as it is polled.
    pub async fn serve(self) -> io::Result<()> {
        let routes = Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(healthy))
            .route("/readyz", get(ready))
            .with_state(self.state);
        axum::serve(self.listener, routes).await
    }
}

async fn metrics(State(state): State<AdminState>) -> Response {
    ([(header::CONTENT_TYPE, TEXT)], state.metrics.render()).into_response()
}

async fn healthy(State(state): State<AdminState>) -> Response {
    verdict(&state.health.stalled())
}

async fn ready(State(state): State<AdminState>) -> Response {
    if state.stopping.is_cancelled() {
        return verdict(&["the process is stopping".to_owned()]);
    }
    verdict(&state.health.unready().await)
}

fn verdict(faults: &[String]) -> Response {
    if faults.is_empty() {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, faults.join("\n") + "\n").into_response()
    }
}
