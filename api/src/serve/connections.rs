//! The connections of clients. One that sends the head of a request too slowly is closed, so that nobody holds connections for nothing.

use std::time::Duration;

use axum::{Router, serve::Listener};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::add_extension::AddExtension;

use crate::proxy::Peer;

/// Serves until the process stops, and finishes the requests under way. A client has `head_time` for the head of each request, counted
/// from the end of the request before.
pub(super) async fn serve(
    mut listener: TcpListener,
    router: Router,
    head_time: Duration,
    stopping: &CancellationToken,
) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_time);
    let under_way = GracefulShutdown::new();
    while let Some((stream, address)) = stopping.run_until_cancelled(Listener::accept(&mut listener)).await {
        let service = TowerToHyperService::new(AddExtension::new(router.clone(), Peer(address.ip())));
        let connection = under_way.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    under_way.shutdown().await;
}
