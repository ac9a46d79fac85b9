//! A server for tests that plays scripts. It can cut, stall and reset a response at any byte.

#![expect(clippy::unwrap_used, reason = "all of this is part of a test, which clippy cannot tell")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{Call, Providers, Settings, Timers};

/// One step of what a server does on a connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(String),
    /// Sends these bytes again and again until the client goes away.
    Repeat(String),
    /// Says nothing until the client goes away.
    Stall,
    /// Leaves the request unread, so that closing resets the connection. It must be the first step.
    Unread,
}

/// A received request.
#[derive(Debug)]
pub(crate) struct Request {
    /// The request line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// The default settings of the program.
const DEFAULTS: &str = include_str!("../../config/src/default.toml");

#[derive(serde::Deserialize)]
struct Defaults {
    providers: Providers,
    model: ModelDefaults,
}

#[derive(serde::Deserialize)]
struct ModelDefaults {
    timers: Timers,
}

/// Returns a small call.
pub(crate) fn call() -> Call {
    Call {
        prefix: "the book".into(),
        slice: "the chapter".into(),
        request: "the section".into(),
        continued: None,
        schema: None,
        max_tokens: 100,
        attempt: 3,
        cap: Duration::from_secs(60),
        trace_parent: None,
    }
}

/// Returns the default settings.
pub(crate) fn default_settings() -> Settings {
    let Defaults { providers, model } = toml::from_str(DEFAULTS).unwrap();
    Settings { providers, timers: model.timers }
}

/// Returns the default settings with further providers, as TOML.
pub(crate) fn settings_with(providers: &str) -> Settings {
    let mut settings = default_settings();
    settings.providers.extend(toml::from_str::<Providers>(providers).unwrap());
    settings
}

/// Returns the default settings with one provider at another address.
pub(crate) fn settings_at(provider: &str, base_url: &str) -> Settings {
    let mut settings = default_settings();
    settings.providers[provider].base_url = Some(base_url.to_owned().try_into().unwrap());
    settings
}

/// A server on a free port that plays one script for each connection, in order.
pub(crate) struct FakeServer {
    port: u16,
    requests: Receiver<Request>,
}

impl FakeServer {
    pub(crate) fn answering(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let scripts: Vec<_> = scripts.into_iter().collect();
        let (received, requests) = channel();
        thread::spawn(move || {
            for script in scripts {
                let (stream, _) = listener.accept().unwrap();
                let received = received.clone();
                thread::spawn(move || {
                    if let Some(Step::Unread) = script.first() {
                        // The request must have arrived: closing with nothing unread is no reset.
                        let _ = stream.peek(&mut [0]);
                    } else if let Some(request) = read(&stream) {
                        let _ = received.send(request);
                    } else {
                        return;
                    }
                    play(stream, &script);
                });
            }
        });
        Self { port, requests }
    }

    /// Returns settings that send this provider's calls here.
    pub(crate) fn settings(&self, provider: &str) -> Settings {
        settings_at(provider, &format!("http://127.0.0.1:{}/v1", self.port))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the next request and returns it.
    pub(crate) fn request(&self) -> Request {
        self.requests.recv().unwrap()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some(Request { head, body })
}

fn play(mut stream: TcpStream, script: &[Step]) {
    for step in script {
        let sent = match step {
            Step::Send(bytes) => stream.write_all(bytes.as_bytes()),
            Step::Repeat(bytes) => loop {
                if let Err(gone) = stream.write_all(bytes.as_bytes()) {
                    break Err(gone);
                }
                // This is the pace of a stream, and no wait for anything.
                thread::sleep(std::time::Duration::from_millis(2));
            },
            Step::Stall => stream.read(&mut [0]).map(|_| ()),
            Step::Unread => Ok(()),
        };
        if sent.is_err() {
            return;
        }
    }
}

/// The head of a response that streams until the connection closes.
pub(crate) const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// Returns the script of a stream with these events.
pub(crate) fn stream(events: &[&str]) -> Vec<Step> {
    let events: String = events.iter().map(|data| format!("data: {data}\n\n")).collect();
    vec![Step::Send(format!("{STREAM}{events}"))]
}

/// Returns the script of a whole JSON response.
pub(crate) fn json_response(status: u16, body: &str) -> Vec<Step> {
    response(status, "content-type: application/json\r\n", body)
}

/// Returns the script of a whole response.
pub(crate) fn response(status: u16, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    vec![Step::Send(format!(
        "HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))]
}

/// Returns the data of an OpenAI event with this piece of text.
pub(crate) fn piece(text: &str) -> String {
    serde_json::json!({"choices": [{"delta": {"content": text}, "finish_reason": null}]}).to_string()
}

/// Returns the data of an OpenAI event with this finish reason.
pub(crate) fn finish(reason: &str) -> String {
    serde_json::json!({"choices": [{"delta": {}, "finish_reason": reason}]}).to_string()
}

/// Returns the data of an OpenAI event with this usage.
pub(crate) fn usage(input: u64, output: u64) -> String {
    serde_json::json!({"choices": [], "usage": {"prompt_tokens": input, "completion_tokens": output}}).to_string()
}
