use std::time::Duration;

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
        assert_eq!(class(status, "Oops"), expected, "{status}");
        assert_eq!(class(status, ""), expected, "{status}");
        if status != 403 {
            assert_eq!(class(status, "<html>Oops</html>"), expected, "{status}");
        }
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
    let detail = String::new();
    assert_eq!(response(429, &headers, ""), CallErrorKind::RateLimited { retry_after, detail: detail.clone() });
    let overloaded = CallErrorKind::Overloaded { status: 503, retry_after, detail };
    assert_eq!(response(503, &headers, ""), overloaded);
}

#[test]
fn a_page_with_403_passes_and_a_missing_right_to_the_model_does_not() {
    let page = "<!DOCTYPE html><title>Are you human?</title>";
    let CallErrorKind::Overloaded { status: 403, detail, .. } = response(403, &HeaderMap::new(), page) else {
        panic!("a page is no answer about the key");
    };
    assert_eq!(detail, "Are you human?");
    for body in [
        r#"{"error":{"message":"The project cannot use `m`","code":"model_not_found"}}"#,
        r#"{"error":{"message":"Your team does not have access to model m"}}"#,
    ] {
        let error = response(403, &HeaderMap::new(), body);
        assert!(matches!(error, CallErrorKind::BadRequest { status: 403, .. }), "{error:?}");
    }
}

#[test]
fn a_missing_right_to_the_model_is_told_from_a_bad_key_in_the_words_of_every_server() {
    for body in [
        r#"{"error":{"message":"Your project does not have access to this model."}}"#,
        r#"{"message":"You don't have access to the model with the specified model ID."}"#,
        r#"{"error":{"message":"Blocked by an administrator","code":"model_permission_blocked_project"}}"#,
        r#"{"error":{"message":"The key is not authorized to access model m-1"}}"#,
        r#"{"error":{"message":"team not allowed to access model. It can only access models=['m-2']","type":"team_model_access_denied"}}"#,
        r#"{"code":"The caller lacks a right","error":"The model m-1 does not exist or your team can't access it"}"#,
        r#"{"error":"The model m-1 is not available on your plan"}"#,
    ] {
        for status in [401, 403] {
            assert_eq!(class(status, body), "bad_request", "{status} {body}");
        }
    }
    for body in [
        r#"{"error":{"message":"Missing scopes: model.request"}}"#,
        r#"{"error":{"message":"This address is not allowed to use the key"}}"#,
        r#"{"error":{"message":"Incorrect API key provided"}}"#,
    ] {
        assert_eq!(class(403, body), "bad_key", "{body}");
    }
}

#[test]
fn a_server_that_is_not_ready_is_waited_for_under_any_status() {
    for (status, body) in [
        (400, r#"{"error":"Model unloaded."}"#),
        (400, r#"{"error":"The model has crashed without additional information. (Exit code: 6)"}"#),
        (404, r#"{"error":{"message":"The model is loading, come back"}}"#),
        (422, r#"{"detail":"The backend is busy. Please try again later"}"#),
        (424, r#"{"error":"Request failed during generation"}"#),
        (499, r#"{"message":"client closed request"}"#),
    ] {
        assert_eq!(class(status, body), "overloaded", "{body}");
    }
}

#[test]
fn the_words_of_an_error_are_found_beside_its_name_in_lists_and_behind_a_gateway() {
    for (body, expected) in [
        (
            r#"{"error":"invalid_client","error_description":"The token is too old"}"#,
            "invalid_client: The token is too old",
        ),
        (r#"{"success":false,"error":null,"errors":[{"code":7003,"message":"No such route"}]}"#, "No such route"),
        (
            r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"top_k is too large"}}}"#,
            "Provider returned error: top_k is too large",
        ),
        (r#"{"error":"","message":"Field required"}"#, "Field required"),
        (r#"{"error_code":17,"error_msg":"Daily limit reached"}"#, "Daily limit reached"),
    ] {
        let error = response(400, &HeaderMap::new(), body).to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[test]
fn words_in_a_stream_are_classified() {
    for (said, expected) in [
        ("Rate limit exceeded", "rate_limited"),
        ("429 Too Many Requests", "rate_limited"),
        ("The engine is overloaded", "overloaded"),
        ("upstream connect error", "truncated"),
        ("Insufficient balance", "out_of_money"),
    ] {
        let error = words(said);
        assert_eq!(error.class(), expected, "{said}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_rate_limit_below_the_request_can_never_pass() {
    let body = |requested: u32| format!(r#"{{"error":{{"message":"Too large: Limit 500, Requested {requested}."}}}}"#);
    let error = response(429, &HeaderMap::new(), &body(501));
    assert!(matches!(&error, CallErrorKind::BadRequest { detail, .. } if detail.contains("Limit 500")), "{error:?}");
    assert_eq!(class(429, &body(500)), "rate_limited");
    let fields = r#"{"error":{"message":"Too many tokens","limit":1000,"requested":3210}}"#;
    assert_eq!(class(429, fields), "bad_request");
    assert_eq!(class(429, r#"{"error":{"message":"remaining limit: 0. Try again in 5s"}}"#), "rate_limited");
    assert_eq!(class(429, r#"{"error":{"message":"Limit: 0. Try again in 5s"}}"#), "rate_limited");
}

#[test]
fn the_servers_words_about_a_wait_are_kept() {
    let error = response(429, &HeaderMap::new(), r#"{"error":{"message":"Ten a minute. Try again in 3s."}}"#);
    let expected = "the provider limits the rate; retry after 3.0 s: Ten a minute. Try again in 3s.";
    assert_eq!(error.to_string(), expected);
    assert_eq!(response(503, &HeaderMap::new(), "").to_string(), "the provider is overloaded (503)");
}

#[test]
fn a_status_in_digits_or_in_words_counts_and_an_unknown_error_is_tried_again() {
    for (body, expected) in [
        (json!({"error": {"message": "x", "type": "None", "code": "503"}}), "overloaded"),
        (json!({"error": {"message": "x", "type": "odd", "code": "429"}}), "rate_limited"),
        (json!({"error": {"message": "x", "type": "invalid_request_error", "code": "502"}}), "overloaded"),
        (json!({"error": {"message": "Too many requests", "type": "odd"}}), "rate_limited"),
        (json!({"error": {"message": "x", "type": "UpstreamThrottled"}}), "rate_limited"),
        (json!({"error": {"message": "x", "type": "gateway_error", "code": "do_it_again"}}), "truncated"),
        (json!({"error": {"message": "x", "code": 7}}), "truncated"),
        (json!({"error": {"message": "x", "code": "422"}}), "bad_request"),
        (json!({"error": {"message": "x", "code": "context_length_exceeded"}}), "bad_request"),
        (json!({"error": {"message": "x", "type": "invalid_request_error"}}), "bad_request"),
        (json!({"error": {"message": "x", "code": "data_inspection_failed"}}), "refused"),
    ] {
        assert_eq!(event(&body).class(), expected, "{body}");
    }
}

#[test]
fn a_throttled_request_is_a_rate_limit_under_any_status() {
    assert_eq!(class(400, r#"{"type":"ThrottlingException","message":"Slow down"}"#), "rate_limited");
    assert_eq!(class(403, r#"{"error":{"code":"userRateLimitExceeded"}}"#), "rate_limited");
}
