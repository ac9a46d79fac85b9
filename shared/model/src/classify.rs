//! Classifies an error by its status and by what its body says.

mod error_body;
mod limits;
#[cfg(test)]
mod tests;

use std::time::SystemTime;

use error_body::ErrorBody;
pub(crate) use error_body::{is_filter, is_said};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{CallErrorKind, page, retry_after};

/// The characters of the longest error message that is shown to a user.
const LONGEST_DETAIL: usize = 300;

/// Classifies a response whose status is not a success.
pub(crate) fn response(status: u16, headers: &HeaderMap, body: &str) -> CallErrorKind {
    let json: Option<Value> = serde_json::from_str(body).ok();
    let retry_after = retry_after::read(headers, json.as_ref(), SystemTime::now());
    if page::is_page(body) {
        let detail = detail(&page::words(body));
        // A firewall asks people to prove that they are people, and lets the next call through.
        if status == 403 {
            return CallErrorKind::Overloaded { status, retry_after, detail };
        }
        return ErrorBody::plain(&detail).classify(status, retry_after);
    }
    let body = json.as_ref().map_or_else(|| ErrorBody::plain(body), ErrorBody::read);
    body.classify(status, retry_after)
}

/// Classifies an error that came as an event of a stream whose status was a success.
///
/// Gateways put words of their own there. Only an error that is known to last gives the request up.
pub(crate) fn event(body: &Value) -> CallErrorKind {
    let retry_after = retry_after::read(&HeaderMap::new(), Some(body), SystemTime::now());
    let body = ErrorBody::read(body);
    let known = body.status();
    match body.classify(known.unwrap_or(200), retry_after) {
        CallErrorKind::BadRequest { status, detail } if !matches!(status, 400..=422 | 429) => {
            CallErrorKind::Truncated(format!("the stream ended in an error: {detail}"))
        }
        kind => kind,
    }
}

/// Classifies an error that came as words in a stream whose status was a success.
pub(crate) fn words(words: &str) -> CallErrorKind {
    event(&Value::String(words.trim().to_owned()))
}

/// Returns a message of a server on one line and cut to a bounded length.
pub(crate) fn detail(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None if line.is_empty() => "no reason given".to_owned(),
        None => line,
    }
}
