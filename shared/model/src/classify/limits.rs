//! Reads the limit and the demand that a rate limit names.

use serde_json::Value;

/// The words between a limit or a demand and its number.
const BETWEEN: [&str; 22] = [
    "", "is", "was", "of", "to", "at", "a", "an", "the", "about", "for", "per", "max", "maximum", "total", "token",
    "tokens", "input", "output", "minute", "min", "tpm",
];

/// The words that a limit of requests has, and not one of tokens.
const OF_REQUESTS: [&str; 7] = ["request", "requests", "call", "calls", "rpm", "rpd", "concurrent"];

/// How deep the fields of a limit may lie.
const DEEPEST: usize = 5;

/// Returns whether a rate limit can never pass, because the request alone asks for more than the limit allows. `has_wait` says
/// whether the server names a wait.
pub(super) fn can_never_pass(message: &str, has_wait: bool) -> bool {
    let message = message.to_lowercase();
    match (number_after(&message, "limit"), number_after(&message, "requested")) {
        (Some(limit), Some(requested)) => requested > limit,
        // A plan without any quota for a model has this limit.
        (Some(limit), None) => limit == 0 && !has_wait,
        (None, _) => false,
    }
}

/// Returns whether a body has fields with a limit and with a demand above it.
pub(super) fn are_passed(body: &Value) -> bool {
    passed_within(body, DEEPEST)
}

fn passed_within(body: &Value, depth: usize) -> bool {
    let parts: Vec<&Value> = match body {
        Value::Object(fields) if depth > 0 => fields.values().collect(),
        Value::Array(parts) if depth > 0 => parts.iter().collect(),
        _ => return false,
    };
    let number = |names: &[&str]| names.iter().find_map(|name| whole_number(body.get(name)?));
    let limit = number(&["limit", "token_limit", "tokens_limit", "limit_tokens"]);
    let requested = number(&["requested", "requested_tokens", "tokens_requested"]);
    let is_passed = limit.zip(requested).is_some_and(|(limit, requested)| requested > limit && limit > 0);
    is_passed || parts.into_iter().any(|part| passed_within(part, depth - 1))
}

fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().replace([',', '_'], "").parse().ok())
}

/// Returns the number of tokens that a word leads to, like `Limit: 30,000` or `limit of 1,000`.
fn number_after(message: &str, word: &str) -> Option<u64> {
    message.match_indices(word).find_map(|(at, _)| {
        let before = message[..at].split_whitespace().next_back().unwrap_or_default();
        // What is left of a limit is none.
        if matches!(before, "remaining" | "left" | "no") || OF_REQUESTS.contains(&before) {
            return None;
        }
        let rest = &message[at + word.len()..];
        let (between, number) = rest.split_at(rest.find(|c: char| c.is_ascii_digit())?);
        let mut words =
            between.split(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '"' | '\'' | '(' | ')' | '`'));
        if !words.all(|word| BETWEEN.contains(&word)) {
            return None;
        }
        let length = number.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '_')).unwrap_or(number.len());
        let (digits, unit) = number.split_at(length);
        let unit = unit.split(|c: char| !c.is_alphanumeric()).find(|unit| !unit.is_empty()).unwrap_or_default();
        // A time is no number of tokens.
        if OF_REQUESTS.contains(&unit) || unit.starts_with("second") || unit == "s" {
            return None;
        }
        digits.replace([',', '_'], "").parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_request_above_its_limit_can_never_pass() {
        for (message, expected) in [
            ("Request too large on tokens per min (TPM): Limit 6,000, Requested 7012.", true),
            ("Rate limit reached on tokens per min: Limit 6000, Used 5900, Requested 700. Try again in 6s.", false),
            ("Limit: 6000, Requested: 6000", false),
            ("Quota exceeded for metric free_tier_requests, limit: 0, model: large", true),
            ("Rate limit exceeded: limit 20 a minute", false),
            ("This exceeds your limit of 6,000 tokens a minute: you requested 7,012 tokens.", true),
            ("The limit is 6000 and the requested tokens: 7012", true),
            ("Requested 7012 tokens, above the limit of 6000", true),
            ("The token limit for a minute is `6000`; requested a total of 7012", true),
            ("Limit per minute: 6000. Requested tokens = 7012", true),
            ("Request limit 20, requested 7012 tokens; token limit 9000", false),
            ("A limit of 20 requests a minute; you requested 7012 tokens", false),
            ("requested 7000 tokens", false),
            ("slow down", false),
        ] {
            assert_eq!(can_never_pass(message, false), expected, "{message}");
        }
    }

    #[test]
    fn a_limit_of_nothing_lasts_only_where_no_wait_is_named() {
        assert!(can_never_pass("Quota exceeded, limit: 0", false));
        assert!(!can_never_pass("Quota exceeded, limit: 0. Retry in 5s", true));
        assert!(!can_never_pass("Remaining limit: 0", false));
    }

    #[test]
    fn a_limit_and_a_demand_are_read_from_fields() {
        for (body, expected) in [
            (json!({"error": {"details": [{"limit": 6000, "requested": 7012}]}}), true),
            (json!({"limit": "6,000", "requested_tokens": "7012"}), true),
            (json!({"limit": 6000, "requested": 700}), false),
            (json!({"limit": 0, "requested": 700}), false),
            (json!({"limit": 6000, "other": {"requested": 7012}}), false),
        ] {
            assert_eq!(are_passed(&body), expected, "{body}");
        }
    }
}
