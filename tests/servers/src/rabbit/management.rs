//! The management API of a private broker.

use std::io;

use serde_json::Value;

use crate::http::{self, Answer};

pub(super) const USER: &str = "bindery";
pub(super) const PASSWORD: &str = "press";
/// The two as HTTP wants them.
const AUTHORIZATION: &str = "Basic YmluZGVyeTpwcmVzcw==";

/// What is in a queue and who takes from it, as the broker counted it at most half a second ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// Messages that no consumer has.
    pub ready: u64,
    /// Messages that were delivered and not acknowledged.
    pub unacked: u64,
    /// Consumers.
    pub consumers: u64,
}

/// The API on a port of this machine.
pub(super) struct Management {
    pub(super) port: u16,
}

impl Management {
    /// Returns whether the broker takes connections on a port.
    pub(super) fn says_that_it_serves(&self, port: u16) -> bool {
        let health = self.send("GET", &format!("/health/checks/port-listener/{port}"), "");
        health.is_ok_and(|answer| answer.status == 200)
    }

    #[track_caller]
    pub(super) fn has_alarms(&self) -> bool {
        // This one check answers 503 for "yes".
        let health = self.send("GET", "/health/checks/alarms", "").expect("the management API answers");
        health.status != 200
    }

    #[track_caller]
    pub(super) fn make_vhost(&self, name: &str) {
        self.must("PUT", &format!("/vhosts/{name}"), "{}");
    }

    #[track_caller]
    pub(super) fn queue(&self, vhost: &str, name: &str) -> Option<QueueState> {
        let queue = self.look(&format!("/queues/{vhost}/{name}"))?;
        // A queue that was declared a moment ago was not counted yet.
        let count = |field: &str| queue[field].as_u64().unwrap_or(0);
        let [ready, unacked, consumers] = ["messages_ready", "messages_unacknowledged", "consumers"].map(count);
        Some(QueueState { ready, unacked, consumers })
    }

    #[track_caller]
    pub(super) fn delete_queue(&self, vhost: &str, name: &str) {
        self.must("DELETE", &format!("/queues/{vhost}/{name}"), "");
    }

    #[track_caller]
    pub(super) fn purge(&self, vhost: &str, name: &str) {
        self.must("DELETE", &format!("/queues/{vhost}/{name}/contents"), "");
    }

    /// Returns the names of the connections in a vhost.
    #[track_caller]
    pub(super) fn connections(&self, vhost: &str) -> Vec<String> {
        let connections = self.look(&format!("/vhosts/{vhost}/connections")).expect("the vhost was made");
        let names = connections.as_array().expect("connections are a list").iter();
        names.filter_map(|connection| connection["name"].as_str().map(str::to_owned)).collect()
    }

    /// Has the broker close a connection, which may have ended meanwhile.
    #[track_caller]
    pub(super) fn close_connection(&self, name: &str) {
        // Names look like `127.0.0.1:40000 -> 127.0.0.1:5672`.
        let path = format!("/connections/{}", name.replace(' ', "%20").replace('>', "%3E"));
        let answer = self.send("DELETE", &path, "").expect("the management API answers");
        assert!(matches!(answer.status, 204 | 404), "closing {name} is answered {}: {}", answer.status, answer.body);
    }

    /// Returns what is there; none where nothing is.
    #[track_caller]
    fn look(&self, path: &str) -> Option<Value> {
        let answer = self.send("GET", path, "").expect("the management API answers");
        assert!(matches!(answer.status, 200 | 404), "GET {path} is answered {}: {}", answer.status, answer.body);
        (answer.status == 200).then(|| serde_json::from_str(&answer.body).expect("what the API says is JSON"))
    }

    #[track_caller]
    fn must(&self, method: &str, path: &str, body: &str) {
        let answer = self.send(method, path, body).expect("the management API answers");
        assert!(answer.status / 100 == 2, "{method} {path} is answered {}: {}", answer.status, answer.body);
    }

    fn send(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        http::request(self.port, method, &format!("/api{path}"), AUTHORIZATION, body)
    }
}
