//! Classifies an error by its status and by the codes that both dialects put in the body.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{CallErrorKind, retry_after};

/// The characters of the longest error message that is shown to a user.
const LONGEST_DETAIL: usize = 300;

/// Classifies a response whose status is not a success.
pub(crate) fn response(status: u16, headers: &HeaderMap, body: &str) -> CallErrorKind {
    let json: Option<Value> = serde_json::from_str(body).ok();
    let retry_after = retry_after::read(headers, json.as_ref(), SystemTime::now());
    let body = json.as_ref().map_or_else(|| ErrorBody::plain(body), ErrorBody::read);
    body.classify(status, retry_after)
}

/// Classifies an error that came as an event of a stream whose status was a success.
pub(crate) fn event(body: &Value) -> CallErrorKind {
    let retry_after = retry_after::read(&HeaderMap::new(), Some(body), SystemTime::now());
    let body = ErrorBody::read(body);
    let status = body.status();
    match body.classify(status.unwrap_or(200), retry_after) {
        CallErrorKind::BadRequest { detail, .. } if status.is_none() && body.codes.is_empty() => {
            CallErrorKind::Truncated(format!("the stream ended in an error: {detail}"))
        }
        kind => kind,
    }
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

/// The body of an error.
struct ErrorBody {
    /// Its codes, types and statuses, in lower case.
    codes: Vec<String>,
    /// The status that it names as a number, as gateways do in streams.
    number: Option<u16>,
    message: String,
    /// Whether it lists the reasons why the input was flagged.
    is_flagged: bool,
}

impl ErrorBody {
    fn plain(message: &str) -> Self {
        Self { codes: Vec::new(), number: None, message: message.to_owned(), is_flagged: false }
    }

    fn read(body: &Value) -> Self {
        // Google wraps some errors in an array. Mistral and vLLM put the fields on the outermost level.
        let body = body.get(0).unwrap_or(body);
        let error = match body.get("error") {
            Some(error) if !error.is_null() => error,
            _ => body,
        };
        if let Some(message) = error.as_str() {
            return Self::plain(message);
        }
        let code = |name: &str| error.get(name).and_then(Value::as_str);
        let reasons = error
            .get("details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|detail| detail.get("reason")?.as_str());
        let codes = ["type", "code", "status"].into_iter().filter_map(code);
        let number = error.get("code").or_else(|| error.get("status"));
        let message = ["message", "detail"].into_iter().find_map(|name| {
            let value = error.get(name)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        });
        Self {
            codes: codes.chain(reasons).map(str::to_lowercase).collect(),
            number: number.and_then(Value::as_u64).and_then(|number| u16::try_from(number).ok()),
            message: message.unwrap_or_else(|| error.to_string()),
            is_flagged: error.pointer("/metadata/reasons").is_some(),
        }
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|code| codes.contains(&code.as_str()))
    }

    fn message_contains(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }

    /// Returns the HTTP status that an error event stands for; `None` where it names none.
    fn status(&self) -> Option<u16> {
        const STATUSES: [(u16, &[&str]); 5] = [
            (400, &["invalid_request_error", "invalid_argument", "not_found_error"]),
            (401, &["authentication_error"]),
            (403, &["permission_error", "permission_denied"]),
            (429, &["rate_limit_error", "rate_limit_exceeded", "resource_exhausted"]),
            (
                503,
                &[
                    "overloaded_error",
                    "overloaded",
                    "api_error",
                    "server_error",
                    "timeout_error",
                    "internal_server_error",
                    "internal",
                    "unavailable",
                    "service_unavailable",
                    "deadline_exceeded",
                ],
            ),
        ];
        let coded = STATUSES.iter().find(|(_, codes)| self.has_code(codes));
        coded.map(|(status, _)| *status).or(self.number.filter(|number| *number >= 400))
    }

    fn is_out_of_money(&self, status: u16) -> bool {
        status == 402
            || self.has_code(&[
                "insufficient_quota",
                "billing_error",
                "billing_not_active",
                "billing_hard_limit_reached",
                "insufficient_balance",
                "exceeded_current_quota_error",
            ])
            || self.message_contains(&[
                "credit balance",
                "insufficient balance",
                "insufficient credits",
                "used all available credits",
                "spending limit",
            ])
    }

    fn is_refused(&self) -> bool {
        self.is_flagged
            || self.has_code(&[
                "content_filter",
                "content_policy_violation",
                "responsibleaipolicyviolation",
                "moderation_blocked",
            ])
    }

    fn is_bad_key(&self, status: u16) -> bool {
        matches!(status, 401 | 403)
            || self.has_code(&["invalid_api_key", "api_key_invalid", "authentication_error"])
            || self.message_contains(&["api key not valid"])
    }

    fn classify(&self, status: u16, retry_after: Option<Duration>) -> CallErrorKind {
        let detail = detail(&self.message);
        if self.is_out_of_money(status) {
            return CallErrorKind::OutOfMoney(detail);
        }
        if self.is_refused() {
            return CallErrorKind::Refused("the provider's filter stopped the request".to_owned());
        }
        if self.is_bad_key(status) {
            return CallErrorKind::BadKey(detail);
        }
        match status {
            429 => CallErrorKind::RateLimited { retry_after },
            // Groq sends 498 when its flexible tier is full.
            408 | 409 | 425 | 498 | 500.. => CallErrorKind::Overloaded { status, retry_after },
            // The provider checked the answer and found no JSON. Another try may well succeed.
            _ if self.has_code(&["json_validate_failed"]) => {
                CallErrorKind::Truncated("the provider found no valid JSON in the answer".to_owned())
            }
            300..400 => CallErrorKind::BadRequest {
                status,
                detail: "the server redirects: set the provider's final base_url".to_owned(),
            },
            _ => CallErrorKind::BadRequest { status, detail },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(status: u16, body: &str) -> &'static str {
        response(status, &HeaderMap::new(), body).class()
    }

    #[test]
    fn each_status_is_classified() {
        for (status, expected) in [
            (400, "bad_request"),
            (401, "bad_key"),
            (402, "out_of_money"),
            (403, "bad_key"),
            (404, "bad_request"),
            (408, "overloaded"),
            (409, "overloaded"),
            (413, "bad_request"),
            (422, "bad_request"),
            (429, "rate_limited"),
            (500, "overloaded"),
            (502, "overloaded"),
            (503, "overloaded"),
            (504, "overloaded"),
            (529, "overloaded"),
            (301, "bad_request"),
        ] {
            assert_eq!(class(status, "<html>Oops</html>"), expected, "{status}");
            assert_eq!(class(status, ""), expected, "{status}");
        }
    }

    #[test]
    fn a_rate_limit_about_money_is_out_of_money() {
        for (status, body) in [
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
            ),
            (402, r#"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#),
            (403, r#"{"code":"forbidden","error":"Your team has used all available credits"}"#),
        ] {
            assert_eq!(class(status, body), "out_of_money", "{body}");
        }
        let google = r#"[{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota, please check your plan and billing details."}}]"#;
        assert_eq!(class(429, google), "rate_limited", "the per-minute quota of a free plan");
    }

    #[test]
    fn a_bad_key_is_recognised_under_other_statuses() {
        let google = r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#;
        assert_eq!(class(400, google), "bad_key");
        assert_eq!(class(400, r#"{"error":{"code":"invalid_api_key"}}"#), "bad_key");
    }

    #[test]
    fn a_filter_is_a_refusal_and_not_a_bad_key() {
        let openrouter = r#"{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"]}}}"#;
        assert_eq!(class(403, openrouter), "refused");
        let azure = r#"{"error":{"code":"content_filter","message":"The response was filtered"}}"#;
        assert_eq!(class(400, azure), "refused");
    }

    #[test]
    fn invalid_json_from_the_model_is_worth_another_try() {
        let groq = r#"{"error":{"message":"Failed to generate JSON","type":"invalid_request_error","code":"json_validate_failed"}}"#;
        assert_eq!(class(400, groq), "truncated");
    }

    #[test]
    fn error_events_are_classified_by_their_codes() {
        for (body, expected) in [
            (json!({"type":"error","error":{"type":"overloaded_error","message":"overloaded"}}), "overloaded"),
            (json!({"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}), "rate_limited"),
            (json!({"type":"error","error":{"type":"api_error","message":"oops"}}), "overloaded"),
            (json!({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}), "rate_limited"),
            (json!({"error":{"code":502,"message":"upstream"}}), "overloaded"),
            (json!({"error":{"type":"insufficient_quota"}}), "out_of_money"),
            (json!({"object":"error","message":"x","type":"BadRequestError","code":400}), "bad_request"),
            (json!({"error":"the model runner stopped"}), "truncated"),
        ] {
            assert_eq!(event(&body).class(), expected, "{body}");
        }
    }

    #[test]
    fn the_servers_message_is_kept_short_and_on_one_line() {
        let error = response(404, &HeaderMap::new(), r#"{"error":{"message":"no\nsuch   model"}}"#);
        let expected = "the provider rejects the request (404): no such model";
        assert_eq!(error.to_string(), expected);
        assert!(detail(&"é".repeat(1000)).chars().count() <= LONGEST_DETAIL + 3);
        let fastapi = r#"{"detail":[{"loc":["body","stream_options"],"msg":"extra"}]}"#;
        let error = response(422, &HeaderMap::new(), fastapi).to_string();
        assert!(error.contains("stream_options"), "{error}");
    }

    #[test]
    fn the_kind_carries_the_retry_after() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "3".parse().unwrap());
        let retry_after = Some(Duration::from_secs(3));
        assert_eq!(response(429, &headers, ""), CallErrorKind::RateLimited { retry_after });
        let overloaded = CallErrorKind::Overloaded { status: 503, retry_after };
        assert_eq!(response(503, &headers, ""), overloaded);
    }
}
