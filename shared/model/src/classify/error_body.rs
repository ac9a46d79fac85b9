//! Reads the body of an error, in the forms in which servers and gateways write it.

use std::time::Duration;

use serde_json::Value;

use super::{detail, limits};
use crate::CallErrorKind;

/// The body of an error.
pub(super) struct ErrorBody {
    /// Its codes, types and statuses, in lower case.
    codes: Vec<String>,
    /// The status that it names as a number, as gateways do in streams.
    number: Option<u16>,
    message: String,
    /// Whether it lists the reasons why the input was flagged.
    is_flagged: bool,
    /// Whether its fields say that the request asks for more than its limit.
    is_above_limit: bool,
}

/// The fields that hold a message.
const MESSAGES: [&str; 8] =
    ["message", "detail", "msg", "error_description", "error_msg", "error_message", "status_msg", "Message"];

impl ErrorBody {
    /// Returns the body of an error that is text alone.
    pub(super) fn plain(message: &str) -> Self {
        let message = message.to_owned();
        Self { codes: Vec::new(), number: None, message, is_flagged: false, is_above_limit: false }
    }

    /// Reads the body of an error that is JSON.
    pub(super) fn read(body: &Value) -> Self {
        // Google wraps some errors in an array. Mistral and vLLM put the fields on the outermost level.
        let body = body.get(0).unwrap_or(body);
        let is_above_limit = limits::are_passed(body);
        let said = |place: &str| body.pointer(place).filter(|error| is_said(error));
        // Cloudflare lists errors.
        let error = said("/error").or_else(|| said("/errors/0")).unwrap_or(body);
        if let Some(message) = error.as_str() {
            return Self { is_above_limit, ..Self::beside(message, body) };
        }
        let code = |name: &str| error.get(name).and_then(Value::as_str);
        let reasons = error
            .get("details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|detail| detail.get("reason")?.as_str());
        let codes = ["type", "code", "status"].into_iter().filter_map(code);
        let number = ["code", "status", "status_code", "http_code", "statusCode"]
            .into_iter()
            .find_map(|name| number(error.get(name)?));
        let message = message(error).map(|message| match error.pointer("/metadata/raw").and_then(Value::as_str) {
            // OpenRouter puts the words of the provider behind it there.
            Some(raw) if !message.contains(raw) => format!("{message}: {raw}"),
            _ => message,
        });
        Self {
            codes: codes.chain(reasons).map(str::to_lowercase).collect(),
            number,
            message: message.unwrap_or_else(|| {
                if error.as_object().is_some_and(|error| error.is_empty()) { String::new() } else { error.to_string() }
            }),
            is_flagged: error.pointer("/metadata/reasons").is_some(),
            is_above_limit,
        }
    }

    /// Reads an error that is a text, beside which a body may have a code and a longer message.
    fn beside(error: &str, body: &Value) -> Self {
        let codes = ["type", "code", "status"].into_iter().filter_map(|name| body.get(name)?.as_str());
        let number =
            ["code", "status", "status_code", "statusCode"].into_iter().find_map(|name| number(body.get(name)?));
        let message = match message(body).filter(|message| !error.contains(message.as_str())) {
            Some(message) => format!("{error}: {message}"),
            None => error.to_owned(),
        };
        Self { codes: codes.map(str::to_lowercase).collect(), number, ..Self::plain(&message) }
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|code| codes.contains(&code.as_str()))
    }

    /// Returns the message on one line; empty where there is none.
    fn message_or_nothing(&self) -> String {
        if self.message.trim().is_empty() { String::new() } else { detail(&self.message) }
    }

    fn message_contains(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }

    /// Returns the HTTP status that an error event stands for; `None` where it names none.
    pub(super) fn status(&self) -> Option<u16> {
        const STATUSES: [(u16, &[&str]); 5] = [
            (429, &["rate_limit_error", "rate_limit_exceeded", "resource_exhausted", "too_many_requests"]),
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
            (
                400,
                &[
                    "invalid_request_error",
                    "invalid_argument",
                    "context_length_exceeded",
                    "string_above_max_length",
                    "unsupported_parameter",
                    "unsupported_value",
                    "not_found_error",
                    "model_not_found",
                ],
            ),
            (401, &["authentication_error", "invalid_api_key"]),
            (403, &["permission_error", "permission_denied"]),
        ];
        let passes = |number: &u16| matches!(number, 429 | 500..=599);
        let coded = STATUSES.iter().find(|(_, codes)| self.has_code(codes)).map(|(status, _)| *status);
        // A gateway may give every error the type of a bad request, with the status as its code.
        self.number
            .filter(passes)
            .or(coded)
            .or(self.number.filter(|number| matches!(number, 400..=599)))
            .or_else(|| self.spoken_status())
    }

    /// Returns the status that the message of an error without a known code stands for.
    fn spoken_status(&self) -> Option<u16> {
        if self.is_throttled() || self.message_contains(&["rate limit", "ratelimit", "too many requests", "throttl"]) {
            return Some(429);
        }
        self.message_contains(&["overloaded", "at capacity", "temporarily unavailable"]).then_some(503)
    }

    /// Returns whether a code says that there were too many requests. Some servers send it with another status.
    fn is_throttled(&self) -> bool {
        let says_so = |code: &String| {
            ["throttl", "ratelimit", "rate_limit", "too_many_requests"].iter().any(|mark| code.contains(mark))
        };
        self.codes.iter().any(says_so)
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
                "arrearage",
                "payment_required",
            ])
            || self.message_contains(&[
                "credit balance",
                "insufficient balance",
                "insufficient credits",
                "insufficient funds",
                "not enough credits",
                "out of credits",
                "no credits",
                "payment required",
                "余额不足",
                "used all available credits",
                "spending limit",
            ])
    }

    fn is_refused(&self) -> bool {
        self.is_flagged || self.codes.iter().any(|code| is_filter(code))
    }

    /// Returns whether the key works and has no access to this model.
    fn is_without_model(&self) -> bool {
        const DENIED: [&str; 18] = [
            "not have access",
            "n't have access",
            "no access",
            "cannot access",
            "can't access",
            "unable to access",
            "requires access",
            "not authorized",
            "not authorised",
            "not allowed",
            "not permitted",
            "not have permission",
            "n't have permission",
            "no permission",
            "not available",
            "not enabled",
            "not entitled",
            "not subscribed",
        ];
        let is_of_model = |code: &String| {
            code.contains("model")
                && ["denied", "blocked", "access", "permission"].iter().any(|part| code.contains(part))
        };
        self.has_code(&["model_not_found", "model_not_available", "deploymentnotfound"])
            || self.codes.iter().any(is_of_model)
            || self.message_contains(&["model"]) && self.message_contains(&DENIED)
    }

    /// Returns whether the server cannot answer yet, or its program has broken. Local servers say so with the status of a bad
    /// request.
    fn is_passing(&self) -> bool {
        self.message_contains(&[
            "is loading",
            "currently loading",
            "still loading",
            "loading model",
            "model unloaded",
            "model is unloaded",
            "model has crashed",
            "temporarily unavailable",
            "try again later",
        ])
    }

    fn is_bad_key(&self, status: u16) -> bool {
        matches!(status, 401 | 403)
            || self.has_code(&["invalid_api_key", "api_key_invalid", "authentication_error"])
            || self.message_contains(&["api key not valid"])
    }

    /// Classifies the error, given the status that it came with or stands for.
    pub(super) fn classify(&self, status: u16, retry_after: Option<Duration>) -> CallErrorKind {
        let detail = detail(&self.message);
        let can_never_pass = || self.is_above_limit || limits::can_never_pass(&self.message, retry_after.is_some());
        if status == 429 && can_never_pass() {
            return CallErrorKind::BadRequest { status, detail };
        }
        if self.is_out_of_money(status) {
            return CallErrorKind::OutOfMoney(detail);
        }
        if self.is_refused() {
            return CallErrorKind::Refused("the provider's filter stopped the request".to_owned());
        }
        if matches!(status, 400 | 403) && self.is_throttled() {
            return CallErrorKind::RateLimited { retry_after, detail };
        }
        if matches!(status, 401 | 403 | 404) && self.is_without_model() {
            return CallErrorKind::BadRequest { status, detail };
        }
        if self.is_bad_key(status) {
            return CallErrorKind::BadKey(detail);
        }
        match status {
            429 => CallErrorKind::RateLimited { retry_after, detail: self.message_or_nothing() },
            // Groq sends 498 when its flexible tier is full, Hugging Face 424 when its program fails, and proxies 444, 460 and
            // 499 when they close the connection.
            408 | 409 | 421 | 424 | 425 | 444 | 460 | 498 | 499 | 500.. => {
                CallErrorKind::Overloaded { status, retry_after, detail: self.message_or_nothing() }
            }
            400 | 404 | 422 if self.is_passing() => CallErrorKind::Overloaded { status, retry_after, detail },
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

/// Returns the message among the fields of an error.
fn message(error: &Value) -> Option<String> {
    MESSAGES.into_iter().find_map(|name| {
        let value = error.get(name).filter(|value| is_said(value))?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    })
}

/// Returns whether a field says anything. Some servers send the field of an error with every answer.
pub(crate) fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_error) => *is_error,
        Value::Number(code) => code.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "null" | "none" | "None"),
        Value::Array(parts) => parts.iter().any(is_said),
        Value::Object(fields) => fields.values().any(is_said),
    }
}

/// Reads a status that is a number or digits.
fn number(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    u16::try_from(number).ok()
}

/// Returns whether the code of an error or the reason of an end is that of a filter.
pub(crate) fn is_filter(code: &str) -> bool {
    const MARKS: [&str; 14] = [
        "content_filter",
        "contentfilter",
        "content_policy",
        "contentpolicy",
        "responsibleaipolicy",
        "moderation",
        "data_inspection_failed",
        "safety",
        "recitation",
        "prohibited_content",
        "blocklist",
        "spii",
        "guardrail",
        "sensitive",
    ];
    let code = code.to_ascii_lowercase().replace('-', "_");
    MARKS.iter().any(|mark| code.contains(mark)) || matches!(code.as_str(), "refusal" | "refused")
}
