//! The management API of a private broker.

use std::io;

use serde_json::{Value, json};

use crate::http::{self, Answer};

pub(super) const USER: &str = "bindery";
pub(super) const PASSWORD: &str = "press";
/// The user and the password as HTTP Basic authentication.
const AUTHORIZATION: &str = "Basic YmluZGVyeTpwcmVzcw==";

/// The messages and the consumers of a queue. The broker counts messages four times a second and consumers once a
/// second, so a test must wait for a state instead of reading it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// How many messages no consumer holds.
    pub ready: u64,
    /// How many messages were delivered and are not acknowledged.
    pub unacked: u64,
    /// How many consumers there are.
    pub consumers: usize,
}

/// A queue was declared so recently that the broker has not counted it. It must not be taken for an empty queue.
pub(super) struct NotCountedYet;

/// The management API on a loopback port.
pub(super) struct Management {
    pub(super) port: u16,
}

impl Management {
    /// Returns whether the broker accepts connections on a port.
    pub(super) fn is_listening(&self, port: u16) -> bool {
        let health = self.send("GET", &format!("/health/checks/port-listener/{port}"), "");
        health.is_ok_and(|answer| answer.status == 200)
    }

    #[track_caller]
    pub(super) fn has_alarms(&self) -> bool {
        // This check answers 503 while there is an alarm.
        let health = self.send("GET", "/health/checks/alarms", "").expect("the management API answers");
        health.status != 200
    }

    #[track_caller]
    pub(super) fn make_vhost(&self, name: &str) {
        self.must("PUT", &format!("/vhosts/{name}"), "{}");
    }

    #[track_caller]
    pub(super) fn make_user(&self, vhost: &str, name: &str, password: &str) {
        let user = json!({"password": password, "tags": ""});
        self.must("PUT", &format!("/users/{name}"), &user.to_string());
        self.permit(vhost, name, [".*"; 3]);
    }

    #[track_caller]
    pub(super) fn permit(&self, vhost: &str, user: &str, [configure, write, read]: [&str; 3]) {
        let permissions = json!({"configure": configure, "write": write, "read": read});
        self.must("PUT", &format!("/permissions/{vhost}/{user}"), &permissions.to_string());
    }

    #[track_caller]
    pub(super) fn permit_topics(&self, vhost: &str, user: &str, exchange: &str, [write, read]: [&str; 2]) {
        let permissions = json!({"exchange": exchange, "write": write, "read": read});
        self.must("PUT", &format!("/topic-permissions/{vhost}/{user}"), &permissions.to_string());
    }

    /// Returns the state of a queue; `None` where there is no such queue.
    #[track_caller]
    pub(super) fn queue(&self, vhost: &str, name: &str) -> Result<Option<QueueState>, NotCountedYet> {
        // For totals without statistics the broker answers with its current counts instead of samples.
        let queues = self.list(&format!("/queues/{vhost}?disable_stats=true&enable_queue_totals=true"));
        let Some(queue) = queues.iter().find(|queue| queue["name"] == name) else { return Ok(None) };
        let (ready, unacked) = (queue["messages_ready"].as_u64(), queue["messages_unacknowledged"].as_u64());
        let (Some(ready), Some(unacked)) = (ready, unacked) else { return Err(NotCountedYet) };
        Ok(Some(QueueState { ready, unacked, consumers: self.prefetches(vhost, name).len() }))
    }

    /// Returns the prefetch of each consumer of a queue.
    #[track_caller]
    pub(super) fn prefetches(&self, vhost: &str, name: &str) -> Vec<u64> {
        let consumers = self.list(&format!("/consumers/{vhost}"));
        let here = consumers.iter().filter(|consumer| consumer["queue"]["name"] == name);
        here.map(|consumer| consumer["prefetch_count"].as_u64().expect("a consumer has a prefetch")).collect()
    }

    #[track_caller]
    pub(super) fn delete_queue(&self, vhost: &str, name: &str) {
        self.must("DELETE", &format!("/queues/{vhost}/{name}"), "");
    }

    #[track_caller]
    pub(super) fn purge(&self, vhost: &str, name: &str) {
        self.must("DELETE", &format!("/queues/{vhost}/{name}/contents"), "");
    }

    /// Returns the names of the connections to a vhost.
    #[track_caller]
    pub(super) fn connections(&self, vhost: &str) -> Vec<String> {
        let connections = self.list("/connections?disable_stats=true");
        let here = connections.iter().filter(|connection| connection["vhost"] == vhost);
        here.filter_map(|connection| connection["name"].as_str().map(str::to_owned)).collect()
    }

    /// Closes a connection at the broker; returns false where its statistics do not list the connection, since it is too
    /// new or already closed.
    #[track_caller]
    pub(super) fn close_connection(&self, name: &str) -> bool {
        // Names look like `127.0.0.1:40000 -> 127.0.0.1:5672`.
        let path = format!("/connections/{}", name.replace(' ', "%20").replace('>', "%3E"));
        let answer = self.send("DELETE", &path, "").expect("the management API answers");
        assert!(
            matches!(answer.status, 204 | 404),
            "closing {name} was answered with {}: {}",
            answer.status,
            answer.body
        );
        answer.status == 204
    }

    #[track_caller]
    fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.must("GET", path, "");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("GET {path} was answered with {answer}: {error}"))
    }

    /// Sends a request that must succeed, and returns the body of the response.
    #[track_caller]
    fn must(&self, method: &str, path: &str, body: &str) -> String {
        let answer = self.send(method, path, body).expect("the management API answers");
        assert!(answer.status / 100 == 2, "{method} {path} was answered with {}: {}", answer.status, answer.body);
        answer.body
    }

    fn send(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        http::request(self.port, method, &format!("/api{path}"), AUTHORIZATION, body)
    }
}
