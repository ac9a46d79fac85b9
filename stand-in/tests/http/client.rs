//! A plain HTTP client of both dialects.

use bindery_stand_in::{Faults, Settings, StandIn, Timing};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

/// Starts a stand-in without waits.
pub(crate) async fn instant(faults: Faults) -> StandIn {
    start(Settings { timing: Timing::instant(), faults, ..Settings::default() }).await
}

pub(crate) async fn start(settings: Settings) -> StandIn {
    StandIn::start(settings).await.unwrap()
}

/// Returns a prompt that ends in a contract.
pub(crate) fn prompt(contract: &Value) -> String {
    format!("The book so far.\n\n<contract>\n{contract}\n</contract>")
}

/// Returns the contract of a section of chapter 3.
pub(crate) fn section(number: u32) -> Value {
    json!({
        "task": "section", "language": "en", "chapter": 3, "section": number, "of": 4,
        "heading": "How leases end",
        "points": ["A lease ends thirty seconds after its worker died", "Messages are hints"],
        "length": 300, "unit": "words",
    })
}

/// Returns a client without a connection.
pub(crate) fn http() -> reqwest::Client {
    bindery_tls::use_ring();
    reqwest::Client::new()
}

/// Posts a chat completion as the first try.
pub(crate) async fn complete(stand_in: &StandIn, body: &Value) -> Response {
    complete_try(stand_in, body, 1).await
}

/// Posts a chat completion as the given try.
pub(crate) async fn complete_try(stand_in: &StandIn, body: &Value, attempt: u32) -> Response {
    let request = http()
        .post(format!("{}/chat/completions", stand_in.base_url()))
        .header("content-type", "application/json")
        .header("authorization", "Bearer key")
        .header("x-bindery-try", attempt)
        .body(body.to_string());
    request.send().await.unwrap()
}

/// Posts a message.
pub(crate) async fn message(stand_in: &StandIn, body: &Value) -> Response {
    let request = http()
        .post(format!("{}/messages", stand_in.base_url()))
        .header("content-type", "application/json")
        .header("anthropic-version", "2023-06-01")
        .header("x-api-key", "key")
        .body(body.to_string());
    request.send().await.unwrap()
}

/// Returns the body of a streamed chat completion.
pub(crate) fn chat(prompt: &str) -> Value {
    json!({
        "model": "m", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "system", "content": "The book."}, {"role": "user", "content": prompt}],
    })
}

/// Returns the body of a streamed message.
pub(crate) fn streamed_message(prompt: &str) -> Value {
    json!({
        "model": "m", "stream": true, "max_tokens": 4000, "system": "The book.",
        "messages": [{"role": "user", "content": prompt}],
    })
}

/// Reads a whole document.
pub(crate) async fn document(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Reads a refusal.
pub(crate) async fn refusal(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

/// A server-sent event. A comment is an event without data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Option<String>,
}

impl Event {
    fn parse(block: &str) -> Self {
        let mut event = Self::default();
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("data", data)) => event.data = Some(data.to_owned()),
                _ => {}
            }
        }
        event
    }

    pub(crate) fn json(&self) -> Value {
        let data = self.data.as_deref().expect("the event has data");
        serde_json::from_str(data).unwrap()
    }

    /// Returns whether it is only a sign of life.
    pub(crate) fn is_keep_alive(&self) -> bool {
        self.data.is_none() || self.name == "ping"
    }
}

/// The rest of a stream.
pub(crate) struct Rest {
    pub(crate) events: Vec<Event>,
    /// Whether the stream ended without a broken connection.
    pub(crate) is_clean: bool,
}

/// A stream that is read as it arrives.
pub(crate) struct Stream {
    response: Response,
    unread: Vec<u8>,
}

impl Stream {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self { response, unread: Vec::new() }
    }

    /// Returns the next event; `None` at a clean end, or an error where the connection broke.
    pub(crate) async fn next(&mut self) -> reqwest::Result<Option<Event>> {
        loop {
            let end = self.unread.windows(2).position(|pair| pair == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                return Ok(Some(Event::parse(std::str::from_utf8(&block).unwrap())));
            }
            match self.response.chunk().await? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => {
                    assert!(self.unread.is_empty(), "the stream ends inside an event");
                    return Ok(None);
                }
            }
        }
    }

    /// Reads all events to the end of the stream.
    pub(crate) async fn rest(mut self) -> Rest {
        let mut events = Vec::new();
        loop {
            match self.next().await {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return Rest { events, is_clean: true },
                Err(_) => return Rest { events, is_clean: false },
            }
        }
    }

    /// Reads events until two in a row are only signs of life.
    pub(crate) async fn until_silent(&mut self) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        let silent =
            |events: &[Event]| events.len() >= 2 && events[events.len() - 2..].iter().all(Event::is_keep_alive);
        while !silent(&events) {
            events.push(self.next().await.unwrap().expect("the stream stays open"));
        }
        events
    }
}

/// Reads a stream that must end cleanly.
pub(crate) async fn events(response: Response) -> Vec<Event> {
    let rest = Stream::of(response).rest().await;
    assert!(rest.is_clean, "the stream breaks");
    rest.events
}

/// Returns the text of a stream of either dialect.
pub(crate) fn text(events: &[Event]) -> String {
    let data = events.iter().filter_map(|event| event.data.as_deref());
    let pieces = data.filter_map(|data| {
        let event: Value = serde_json::from_str(data).ok()?;
        let openai = event["choices"][0]["delta"]["content"].as_str();
        let piece = openai.or(event["delta"]["text"].as_str())?;
        Some(piece.to_owned())
    });
    pieces.collect()
}

/// Completes a prompt and returns its text.
pub(crate) async fn written(stand_in: &StandIn, contract: &Value) -> String {
    text(&events(complete(stand_in, &chat(&prompt(contract))).await).await)
}
