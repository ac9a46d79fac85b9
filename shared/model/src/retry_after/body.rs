//! Reads the wait that the body of an error asks for, in its fields or in its message.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{reset_wait, span};

/// The fields that hold a wait, in seconds or as a span.
const WAITS: [&str; 7] =
    ["retrydelay", "retryafter", "retryafterseconds", "retryin", "resetsinseconds", "resetinseconds", "resetafter"];

/// The fields that hold the time at which a limit is reset, and the ones that headers within the body have.
const RESETS: [&str; 6] = ["resetsat", "resetat", "resettime", "reset", "xratelimitreset", "ratelimitreset"];

/// How deep the fields may lie.
const DEEPEST: usize = 5;

/// Returns the wait that an error body asks for; `None` where it asks for none.
pub(super) fn wait(body: &Value, now: Timestamp) -> Option<Duration> {
    let mut found = Found { now, wait: None, said: None };
    found.search(body, DEEPEST);
    found.wait.or(found.said)
}

struct Found {
    now: Timestamp,
    /// The longest wait of all fields.
    wait: Option<Duration>,
    /// The wait that a message names.
    said: Option<Duration>,
}

impl Found {
    fn search(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(fields) if depth > 0 => {
                for (name, value) in fields {
                    self.field(name, value);
                    self.search(value, depth - 1);
                }
            }
            Value::Array(parts) if depth > 0 => parts.iter().for_each(|part| self.search(part, depth - 1)),
            _ => {}
        }
    }

    fn field(&mut self, name: &str, value: &Value) {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let wait = match name.as_str() {
            "retryafterms" => text.parse().ok().map(|milliseconds: f64| milliseconds / 1000.0).and_then(seconds),
            name if WAITS.contains(&name) => text.parse().ok().and_then(seconds).or_else(|| span(&text)),
            name if RESETS.contains(&name) => reset_wait(&text, self.now),
            "message" | "detail" | "msg" | "error" | "raw" => {
                self.said = self.said.or_else(|| in_words(&text));
                None
            }
            _ => None,
        };
        self.wait = self.wait.max(wait);
    }
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// Reads a message like `Please try again in 6m0s.` or `Please retry after 20 seconds.`
fn in_words(message: &str) -> Option<Duration> {
    const LEADS: [&str; 12] = [
        "try again in ",
        "retry in ",
        "retrying in ",
        "try again after ",
        "retry after ",
        "wait for ",
        "please wait ",
        "reset in ",
        "resets in ",
        "reset after ",
        "resets after ",
        "available in ",
    ];
    let message = message.to_lowercase();
    LEADS.iter().find_map(|lead| {
        let from = message.find(lead)? + lead.len();
        let words: Vec<&str> = message[from..].split_whitespace().take(4).collect();
        // The longest run of words that is a span is meant: `1 minute 30 seconds`.
        (1..=words.len()).rev().find_map(|count| {
            let text = words[..count].join(" ");
            span(text.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()))
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asks(body: &Value) -> Option<f64> {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        wait(body, now).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn a_wait_is_read_from_the_fields_of_a_body() {
        for (body, seconds) in [
            (json!({"error": {"details": [{"retryDelay": "34.5s"}, {"@type": "x"}]}}), 34.5),
            (json!({"error": {"message": "slow", "retry_after": 7}}), 7.0),
            (json!({"retry_after_ms": 1500, "message": "slow"}), 1.5),
            (json!({"error": {"type": "usage_limit_reached", "resets_in_seconds": 90}}), 90.0),
            (json!({"error": {"resets_at": 1_772_366_430}}), 30.0),
            (json!({"error": {"reset_at": "2026-03-01T12:00:05Z"}}), 5.0),
            (json!({"error": {"metadata": {"headers": {"X-RateLimit-Reset": "1772366412000"}}}}), 12.0),
        ] {
            assert_eq!(asks(&body), Some(seconds), "{body}");
        }
    }

    #[test]
    fn a_wait_is_read_from_the_words_of_a_message() {
        for (message, seconds) in [
            ("Limit 100, Used 90, Requested 20. Please try again in 7.66s. Visit us.", 7.66),
            ("Please try again in 6m0s.", 360.0),
            ("Try again in 620ms", 0.62),
            ("Please retry after 20 seconds.", 20.0),
            ("Please retry in 22.093s", 22.093),
            ("Please try again in 1 minute 30 seconds, or later", 90.0),
            ("Your quota will reset after 2h3m.", 7_380.0),
            ("The limit resets in 12 seconds", 12.0),
        ] {
            assert_eq!(asks(&json!({"error": {"message": message}})), Some(seconds), "{message}");
        }
        for message in ["Please try again in a moment.", "Try again later", "try again in "] {
            assert_eq!(asks(&json!({"error": {"message": message}})), None, "{message}");
        }
    }
}
