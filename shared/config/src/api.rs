//! Settings of the HTTP API.

use std::{net::SocketAddr, time::Duration};

use bindery_domain::{ServiceUrl, duration};
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
    /// How long a client has for the head of a request.
    #[serde(with = "duration")]
    pub head_time: Duration,
}

impl ApiSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_range("api.requests_per_minute", self.requests_per_minute, 1..=1_000_000);
        let head_time = Duration::from_millis(100)..=Duration::from_secs(3_600);
        problems.check_duration("api.head_time", self.head_time, head_time);
        for origin in self.origins.iter().filter(|origin| !is_origin(origin)) {
            problems.add("api.origins", format!("`{origin}` is no origin; write it like `https://books.example.com`"));
        }
    }
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
    fn an_origin_has_a_scheme_and_a_host_and_nothing_more() {
        assert!(["https://books.example.com", "http://localhost:5173"].into_iter().all(is_origin));
        let others =
            ["*", "null", "books.example.com", "https://books.example.com/", "https://*.example.com", "ftp://a", ""];
        assert!(!others.into_iter().any(is_origin));
    }
}
