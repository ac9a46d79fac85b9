//! The server.

mod connections;

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use bindery_protocol::submission::MAX_BYTES;
use tokio::net::TcpListener;
use tower_http::cors::CorsLayer;

use crate::{
    guard::keep_out_strangers,
    operations::routes,
    page,
    problem::{Problem, ProblemKind},
    service::Service,
};

/// The API cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("the API cannot be served at {address}: {cause}; choose another api.address")]
pub struct ApiError {
    address: SocketAddr,
    cause: io::Error,
}

/// An API that listens.
pub struct Api {
    listener: TcpListener,
}

impl Api {
    /// Listens, so that an address in use is reported at once.
    pub async fn listen(address: SocketAddr) -> Result<Self, ApiError> {
        let listener = TcpListener::bind(address).await.map_err(|cause| ApiError { address, cause })?;
        Ok(Self { listener })
    }

    /// Returns the address it listens at.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the process stops. Requests under way are finished, and streams end. What `wrap` puts in front of the router
    /// sees every request.
    pub async fn serve(self, service: Arc<Service>, wrap: impl FnOnce(Router) -> Router) {
        let stopping = service.stopping.clone();
        let (store, router) = (&*service.ports.store, wrap(router(service.clone())));
        let served = connections::serve(self.listener, router, service.settings.head_time, &stopping);
        // The hubs end once the process stops. Requests under way are then still finished.
        tokio::join!(
            served,
            service.hub.run(store, &stopping),
            service.texts.run(store, &stopping),
            service.key_watch.run(store, &stopping)
        );
    }
}

/// Returns all routes.
pub(crate) fn router(service: Arc<Service>) -> Router {
    let cors = cors(&service.settings.origins);
    routes(&service)
        .merge(page::routes())
        .fallback(async || Problem::new(ProblemKind::NotFound, "there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            Problem::new(ProblemKind::MethodNotAllowed, "see /v1/openapi.json for the methods of this address")
        })
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(middleware::from_fn_with_state(service.clone(), keep_out_strangers))
        .layer(cors)
        .layer(middleware::from_fn(end_divided))
        .layer(middleware::map_response(hardened))
        .with_state(service)
}

/// Lets the pages of these origins call.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return CorsLayer::new();
    }
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
            LAST_EVENT_ID,
            IDEMPOTENCY_KEY,
            TRACE_PARENT,
        ])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, header::CONTENT_RANGE])
}

/// The header of a stream that is gone on with.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The header that names a request, so that a repeated one is the same.
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header of the place in a trace that a request has. <https://www.w3.org/TR/trace-context/>
pub(crate) const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// The header by which nginx passes an answer on as it comes, whatever its settings say.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Ends the connection of a request whose body comes in chunks. If it also has a length, a proxy in front may have gone by that one: what
/// is left on the connection is then a request that nobody has sent. <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>
async fn end_divided(request: Request, next: Next) -> Response {
    let (chunked, length) = (
        request.headers().contains_key(header::TRANSFER_ENCODING),
        request.headers().contains_key(header::CONTENT_LENGTH),
    );
    let mut response = match chunked && length {
        true => Problem::new(ProblemKind::Malformed, "the request has two lengths; send one of them").into_response(),
        false => next.run(request).await,
    };
    if chunked {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The header that keeps a page of another origin from embedding an answer. <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Tells browsers to take an answer for what it says it is and to keep it from other pages. Tells proxies to hold no
/// stream of events back.
async fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
        headers.insert(BUFFERING, HeaderValue::from_static("no"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A page that the setting names reads answers by CORS, which this does not concern.
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
