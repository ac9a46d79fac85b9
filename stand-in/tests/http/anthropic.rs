//! Anthropic's dialect without faults, for right and wrong requests.

use bindery_stand_in::{Faults, Settings, Timing};
use serde_json::{Value, json};

use crate::client::{
    Event, document, events, http, instant, message, prompt, refusal, section, start, streamed_message, text, written,
};

/// Returns the names of events, without repetitions in a row.
fn sequence(events: &[Event]) -> Vec<&str> {
    let mut names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    names.dedup();
    names
}

#[tokio::test]
async fn a_stream_has_the_real_sequence_of_events() {
    let stand_in = instant(Faults::none()).await;
    let events = events(message(&stand_in, &streamed_message(&prompt(&section(1)))).await).await;
    let expected = [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(sequence(&events), expected);
    for event in &events {
        assert_eq!(event.json()["type"], event.name.as_str());
    }
    let start = &events[0].json()["message"];
    assert_eq!((&start["role"], &start["content"]), (&json!("assistant"), &json!([])));
    assert!(start["usage"]["input_tokens"].as_u64().unwrap() > 50);
    let end = events[events.len() - 2].json();
    assert_eq!(end["delta"], json!({"stop_reason": "end_turn", "stop_sequence": null}));
    let expected = (text(&events).chars().count() as u64).div_ceil(4);
    assert_eq!(end["usage"]["output_tokens"], expected);
}

#[tokio::test]
async fn a_whole_message_has_the_text_of_the_stream() {
    let stand_in = instant(Faults::none()).await;
    let mut body = streamed_message(&prompt(&section(1)));
    let streamed = events(message(&stand_in, &body).await).await;
    body["stream"] = json!(false);
    let whole = document(message(&stand_in, &body).await).await;
    assert_eq!(whole["content"], json!([{"type": "text", "text": text(&streamed)}]));
    assert_eq!(whole["stop_reason"], "end_turn");
}

#[tokio::test]
async fn both_dialects_give_the_same_answer_to_a_prompt() {
    let stand_in = instant(Faults::none()).await;
    let body = streamed_message(&prompt(&section(1)));
    let streamed = events(message(&stand_in, &body).await).await;
    assert_eq!(text(&streamed), written(&stand_in, &section(1)).await);
}

#[tokio::test]
async fn thinking_is_a_separate_block_before_the_text() {
    let stand_in = instant(Faults::none()).await;
    let mut body = streamed_message(&prompt(&section(1)));
    let plain = text(&events(message(&stand_in, &body).await).await);
    body["thinking"] = json!({"type": "enabled", "budget_tokens": 1024});
    let events = events(message(&stand_in, &body).await).await;
    let blocks: Vec<_> = events
        .iter()
        .filter(|event| event.name == "content_block_start")
        .map(|event| event.json()["content_block"]["type"].clone())
        .collect();
    assert_eq!(blocks, ["thinking", "text"]);
    let deltas = events.iter().filter(|event| event.name == "content_block_delta");
    let mut kinds: Vec<_> =
        deltas.map(|event| (event.json()["index"].clone(), event.json()["delta"]["type"].clone())).collect();
    kinds.dedup();
    let expected = [(0, "thinking_delta"), (0, "signature_delta"), (1, "text_delta")];
    assert_eq!(kinds, expected.map(|(index, kind)| (json!(index), json!(kind))));
    assert_eq!(text(&events), plain);
}

#[tokio::test]
async fn a_marked_block_is_written_to_the_cache_and_then_read_from_it() {
    let stand_in = instant(Faults::none()).await;
    let marked = |text: &str| json!({"type": "text", "text": text, "cache_control": {"type": "ephemeral"}});
    let book = "A line of the book part. ".repeat(40);
    let body = |chapter: &str, request: &str| {
        json!({"model": "m", "max_tokens": 100, "system": [marked(&book)], "messages": [
            {"role": "user", "content": [marked(chapter), {"type": "text", "text": request}]},
        ]})
    };
    let usage = async |body: Value| {
        let usage = document(message(&stand_in, &body).await).await["usage"].take();
        let tokens = |name: &str| usage[name].as_u64().unwrap();
        ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"].map(tokens)
    };
    assert_eq!(usage(body("Chapter one.", "The brief.")).await, [3, 253, 0]);
    assert_eq!(usage(body("Chapter one.", "Section 1.")).await, [3, 0, 253]);
    assert_eq!(usage(body("Chapter two!", "The brief.")).await, [3, 3, 250]);
}

#[tokio::test]
async fn wrong_requests_are_refused_in_the_form_of_the_dialect() {
    let stand_in = instant(Faults::none()).await;
    let user = json!({"role": "user", "content": "Hello."});
    let mark = json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}});
    let cases = [
        (json!({"max_tokens": 9, "messages": [user]}), "model"),
        (json!({"model": "m", "messages": [user]}), "max_tokens"),
        (json!({"model": "m", "max_tokens": 9}), "messages"),
        (json!({"model": "m", "max_tokens": 9, "messages": []}), "at least one"),
        (json!({"model": "m", "max_tokens": 0, "messages": [user]}), "max_tokens"),
        (json!({"model": "m", "max_tokens": 9, "messages": [{"role": "assistant", "content": "x"}]}), "first message"),
        (
            json!({"model": "m", "max_tokens": 9, "messages": [user, {"role": "assistant", "content": "x "}]}),
            "white space",
        ),
        (json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": ""}]}), "empty"),
        (
            json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [mark, mark, mark, mark, mark]}]}),
            "cache_control",
        ),
        (
            json!({"model": "m", "max_tokens": 1000, "messages": [user],
                "thinking": {"type": "enabled", "budget_tokens": 1024}}),
            "budget_tokens",
        ),
    ];
    for (body, hint) in cases {
        let (status, error) = refusal(message(&stand_in, &body).await).await;
        assert_eq!((status, &error["type"]), (400, &json!("error")), "{body}");
        assert_eq!(error["error"]["type"], "invalid_request_error", "{body}");
        let text = error["error"]["message"].as_str().unwrap();
        assert!(text.contains(hint), "{body}: {text}");
    }
}

#[tokio::test]
async fn the_version_header_and_the_right_key_are_needed() {
    let stand_in =
        start(Settings { timing: Timing::instant(), key: Some("right".to_owned()), ..Settings::default() }).await;
    let post = async |headers: &[(&'static str, &'static str)]| {
        let mut request =
            http().post(format!("{}/messages", stand_in.base_url())).body(streamed_message("Hello.").to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    };
    let version = ("anthropic-version", "2023-06-01");
    let (status, error) = post(&[version, ("x-api-key", "wrong")]).await;
    assert!(status == 401 && error.contains("authentication_error"), "{error}");
    let (status, error) = post(&[("x-api-key", "right")]).await;
    assert!(status == 400 && error.contains("anthropic-version"), "{error}");
    let (status, _) = post(&[version, ("x-api-key", "right")]).await;
    assert_eq!(status, 200);
}
