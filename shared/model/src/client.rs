//! The HTTP clients for model servers.

use std::{error::Error, time::Duration};

use reqwest::{Client, ClientBuilder, Url, header::HeaderValue, redirect};

use crate::{CallErrorKind, classify, timers::Timers};

/// How long an idle connection is kept for reuse.
///
/// Uvicorn, and so vLLM, closes one after 5 s, the shortest time in use. A connection that is kept longer would now and
/// then be closed just as a call is sent.
const IDLE_CONNECTION_KEPT: Duration = Duration::from_secs(4);

/// How often an HTTP/2 connection with a call is pinged, and how soon it must answer.
///
/// A balancer may forget a connection without closing it. All calls to a provider share one connection, and so would be
/// lost on it, one after another.
const PINGS: Pings = Pings { every: Duration::from_secs(10), answered_within: Duration::from_secs(10) };

/// The pings of an HTTP/2 connection.
#[derive(Clone, Copy)]
pub(crate) struct Pings {
    pub(crate) every: Duration,
    pub(crate) answered_within: Duration,
}

/// Returns a client for the server at this URL.
///
/// It follows no redirects, which would carry the key along, and uses no proxy to reach this machine.
pub(crate) fn client(url: &Url, timers: &Timers) -> Result<Client, reqwest::Error> {
    bindery_tls::use_ring();
    builder(url, timers, PINGS).build()
}

/// Returns the settings of such a client.
pub(crate) fn builder(url: &Url, timers: &Timers, pings: Pings) -> ClientBuilder {
    let client = Client::builder()
        .user_agent(concat!("bindery/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timers.connect)
        .tcp_keepalive(Duration::from_secs(30))
        .http2_keep_alive_interval(pings.every)
        .http2_keep_alive_timeout(pings.answered_within)
        .pool_idle_timeout(IDLE_CONNECTION_KEPT)
        .redirect(redirect::Policy::none());
    if on_loopback(url) { client.no_proxy() } else { client }
}

/// Returns whether a URL leads to this machine.
pub(crate) fn on_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the value of a header that no log may show; `None` where it cannot be sent.
pub(crate) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Returns whether a connection was given up because its pings were not answered.
fn is_dead_connection(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        // The type of this error is private to hyper.
        if error.to_string() == "keep-alive timed out" {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Returns the error of a call whose connection failed. The error itself would name the URL.
pub(crate) fn connection_error(error: reqwest::Error) -> CallErrorKind {
    if is_dead_connection(&error) {
        return CallErrorKind::DeadConnection("it no longer answers pings".to_owned());
    }
    CallErrorKind::Connection(cause(error))
}

/// Returns the root cause of a connection error. The error itself would name the URL.
pub(crate) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    classify::detail(&cause.to_string())
}
