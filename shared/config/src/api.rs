//! Settings of the HTTP API.

use std::{net::SocketAddr, time::Duration};

use bindery_domain::{Network, ServiceUrl, duration};
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How the HTTP API is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiSettings {
    /// The address at which it is served.
    pub address: SocketAddr,
    /// The origins of the pages elsewhere that may call it.
    pub origins: Vec<String>,
    /// How many requests a key has in a minute.
    pub requests_per_minute: u32,
    /// How many streams of events a key may have open.
    pub streams_per_key: u32,
    /// The header in which a proxy in front names the id of the caller's key; unset, there is no such proxy.
    pub trusted_header: Option<String>,
    /// The networks of that proxy.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
    /// How long a client has for the head of a request.
    #[serde(with = "duration")]
    pub head_time: Duration,
    /// How long a client has for the body of a request.
    #[serde(with = "duration")]
    pub body_time: Duration,
}

impl ApiSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_range("api.requests_per_minute", self.requests_per_minute, 1..=1_000_000);
        problems.check_range("api.streams_per_key", self.streams_per_key, 1..=1_000_000);
        if let Some(header) = self.trusted_header.as_ref().filter(|header| !is_header(header)) {
            problems
                .add("api.trusted_header", format!("`{header}` is no name of a header; write it like `x-bindery-key`"));
        }
        if self.trusted_header.is_some() == self.trusted_proxies.is_empty() {
            problems.add(
                "api.trusted_proxies",
                "must name the networks of the proxy that sends api.trusted_header: set both or none",
            );
        }
        let time = Duration::from_millis(100)..=Duration::from_secs(3_600);
        problems.check_duration("api.head_time", self.head_time, time.clone());
        problems.check_duration("api.body_time", self.body_time, time);
        for origin in self.origins.iter().filter(|origin| !is_origin(origin)) {
            problems.add("api.origins", format!("`{origin}` is no origin; write it like `https://books.example.com`"));
        }
    }
}

/// Returns whether a text is the name of a header that no client needs for anything else.
fn is_header(text: &str) -> bool {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.to_ascii_lowercase().starts_with("x-") && text.chars().all(is_of_a_name)
}

/// Returns whether a text is a scheme, a host and perhaps a port, as browsers send it.
fn is_origin(text: &str) -> bool {
    let is_host = |rest: &str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*']) && rest.is_ascii();
    let scheme = ServiceUrl::from(text);
    ["http", "https"].contains(&scheme.scheme())
        && text.split_once("://").is_some_and(|(_, rest)| is_host(rest) && rest == rest.to_lowercase())
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_header_is_one_that_clients_do_not_use() {
        assert!(["x-bindery-key", "X-Forwarded-User"].into_iter().all(is_header));
        assert!(!["", "authorization", "cookie", "x-a b", "x-a:", "host"].into_iter().any(is_header));
    }

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_nothing_more() {
        assert!(["https://books.example.com", "http://localhost:5173"].into_iter().all(is_origin));
        let others =
            ["*", "null", "books.example.com", "https://books.example.com/", "https://*.example.com", "ftp://a", ""];
        assert!(!others.into_iter().any(is_origin));
    }
}
