//! A caller of the HTTP API, which writes requests as they go over the wire, so that it can also write bad ones.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The longest wait of a test, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A caller of the API at an address.
#[derive(Clone)]
pub(crate) struct Caller {
    address: SocketAddr,
    key: Option<String>,
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// A message of a stream of events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// A stream of events.
pub(crate) struct Listener {
    lines: BufReader<TcpStream>,
}

impl Reply {
    /// Checks the status and returns the answer.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "it said {}", String::from_utf8_lossy(&self.body));
        if status >= 400 {
            assert_eq!(self.headers["content-type"], "application/problem+json");
            assert_eq!(self.json()["status"], status);
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Caller {
    /// Reads the address from the line in which a process names it.
    pub(crate) fn at(line: &str) -> Self {
        let (_, rest) = line.split_once("http://").expect("the line names an address");
        let address = rest.split([' ', '\n']).next().unwrap().trim_end_matches('.');
        Self { address: address.parse().unwrap(), key: None }
    }

    /// Returns the same caller with a key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// Returns the same caller at the process that names its address in a line.
    pub(crate) fn moved_to(&self, line: &str) -> Self {
        Self { key: self.key.clone(), ..Self::at(line) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_with(path, &[], body)
    }

    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let headers = [headers, &[("Content-Type", "application/json")]].concat();
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    /// Sends a request, and reads its answer.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut connection = self.request(method, path, headers, body);
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        reply(&answer)
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(TIMEOUT)).unwrap();
        let mut head = format!("{method} {path} HTTP/1.0\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(key) = &self.key {
            head += &format!("Authorization: Bearer {key}\r\n");
        }
        // A server may answer a request that is too large before it has read it.
        let _ = connection.write_all(&[head.as_bytes(), b"\r\n", body].concat());
        connection
    }

    /// Begins to hear events, after the last one that was heard.
    pub(crate) fn listen(&self, path: &str, heard: Option<&str>) -> Listener {
        let headers: Vec<(&str, &str)> = heard.map(|id| ("Last-Event-ID", id)).into_iter().collect();
        let mut lines = BufReader::new(self.request("GET", path, &headers, b""));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(lines.read_line(&mut head).unwrap() > 0, "the answer ended within its head: {head}");
        }
        assert!(head.starts_with("HTTP/1.0 200") && head.contains("text/event-stream"), "{head}");
        assert!(head.contains("x-accel-buffering: no\r\n"), "nginx would hold the events back: {head}");
        Listener { lines }
    }

    /// Waits until a path is answered as wanted, and returns that answer.
    #[track_caller]
    pub(crate) fn waits(&self, path: &str, wanted: impl Fn(&Reply) -> bool) -> Reply {
        let until = Instant::now() + TIMEOUT;
        loop {
            let reply = self.get(path);
            if wanted(&reply) {
                return reply;
            }
            let said = String::from_utf8_lossy(&reply.body).into_owned();
            assert!(Instant::now() < until, "{path} is not answered as wanted: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a book is in a state, and returns it.
    #[track_caller]
    pub(crate) fn book_is(&self, id: &str, state: &str) -> Value {
        let is = |reply: &Reply| reply.status == 200 && reply.json()["state"] == state;
        self.waits(&format!("/v1/books/{id}"), is).json()
    }
}

fn reply(answer: &[u8]) -> Reply {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("the answer is HTTP");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_lowercase(), value.trim().to_owned())
    };
    Reply { status, headers: lines.map(header).collect(), body: answer[end + 4..].to_vec() }
}

impl Listener {
    /// Returns the next message; `None` where the stream has ended.
    pub(crate) fn next(&mut self) -> Option<Heard> {
        let mut heard = Heard { id: String::new(), name: "message".to_owned(), data: Value::Null };
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end_matches(['\r', '\n']).split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut heard.id),
                Some(("event", name)) => name.clone_into(&mut heard.name),
                Some(("data", data)) => heard.data = serde_json::from_str(data).unwrap(),
                None if line.trim().is_empty() && !heard.data.is_null() => return Some(heard),
                _ => {}
            }
        }
    }

    /// Returns the messages up to the first event of a kind, which is the last of them.
    #[track_caller]
    pub(crate) fn until(&mut self, kind: &str) -> Vec<Heard> {
        let mut all = Vec::new();
        loop {
            let heard = self.next().unwrap_or_else(|| panic!("the stream ended before {kind}: {all:?}"));
            let is_last = heard.data["kind"] == kind || heard.name == kind;
            all.push(heard);
            if is_last {
                return all;
            }
        }
    }
}
