//! The management API of a private broker.

use crate::http::{self, Answer};

pub(super) const USER: &str = "bindery";
pub(super) const PASSWORD: &str = "press";
/// The two in base64, as HTTP wants them.
const AUTHORIZATION: &str = "Basic YmluZGVyeTpwcmVzcw==";

/// What is in a queue and who takes from it, as the broker counted at most half a second ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// Messages that no consumer has.
    pub ready: u64,
    /// Messages that were delivered and not acknowledged.
    pub unacked: u64,
    /// The consumers there are.
    pub consumers: u64,
}

pub(super) struct Management {
    pub(super) port: u16,
}

impl Management {
    pub(super) fn answers(&self) -> bool {
        http::request(self.port, "GET", "/api/overview", AUTHORIZATION, "").is_ok_and(|answer| answer.status == 200)
    }

    #[track_caller]
    pub(super) fn make_vhost(&self, name: &str) {
        self.expect("PUT", &format!("/api/vhosts/{name}"), "{}");
        let all = r#"{"configure": ".*", "write": ".*", "read": ".*"}"#;
        self.expect("PUT", &format!("/api/permissions/{name}/{USER}"), all);
    }

    /// Sends a request that has to succeed.
    #[track_caller]
    fn expect(&self, method: &str, path: &str, body: &str) -> Answer {
        let answer = self.send(method, path, body);
        assert!(answer.status / 100 == 2, "{method} {path} is answered {}: {}", answer.status, answer.body);
        answer
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let answer = http::request(self.port, method, path, AUTHORIZATION, body);
        answer.unwrap_or_else(|error| panic!("{method} {path} failed: {error}"))
    }
}
