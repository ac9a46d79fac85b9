//! The dialect of OpenAI without faults, for right and wrong requests.

use bindery_stand_in::{Faults, Settings, Timing};
use serde_json::{Value, json};

use crate::client::{chat, complete, document, events, http, instant, prompt, refusal, section, start, text};

#[tokio::test]
async fn a_stream_begins_with_the_role_and_ends_with_the_reason_the_usage_and_done() {
    let stand_in = instant(Faults::none()).await;
    let events = events(complete(&stand_in, &chat(&prompt(&section(1)))).await).await;
    let [first, pieces @ .., reason, usage, done] = events.as_slice() else { panic!("too few events: {events:?}") };
    let first = first.json();
    assert_eq!(first["object"], "chat.completion.chunk");
    assert_eq!(first["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    assert!(pieces.len() > 5);
    assert!(pieces.iter().all(|piece| {
        let piece = piece.json();
        piece["id"] == first["id"] && piece["choices"][0]["finish_reason"].is_null()
    }));
    let reason = reason.json();
    assert_eq!(reason["choices"][0]["finish_reason"], "stop");
    assert_eq!(reason["choices"][0]["delta"], json!({}));
    assert!(reason["usage"].is_null());
    let usage = usage.json();
    assert_eq!(usage["choices"], json!([]));
    let tokens = |name: &str| usage["usage"][name].as_u64().unwrap();
    let expected = (text(&events).chars().count() as u64).div_ceil(4);
    assert_eq!(tokens("completion_tokens"), expected);
    assert_eq!(tokens("total_tokens"), tokens("prompt_tokens") + expected);
    assert_eq!(done.data.as_deref(), Some("[DONE]"));
}

#[tokio::test]
async fn usage_is_sent_only_where_it_was_asked_for() {
    let stand_in = instant(Faults::none()).await;
    let mut body = chat("Hello.");
    body.as_object_mut().unwrap().remove("stream_options");
    let events = events(complete(&stand_in, &body).await).await;
    let chunks = events.iter().filter(|event| event.data.as_deref() != Some("[DONE]"));
    assert!(chunks.map(|chunk| chunk.json()).all(|chunk| chunk.get("usage").is_none()));
    assert!(text(&events).contains("stand-in"));
}

#[tokio::test]
async fn a_whole_reply_has_the_text_of_the_stream() {
    let stand_in = instant(Faults::none()).await;
    let streamed = events(complete(&stand_in, &chat(&prompt(&section(1)))).await).await;
    let mut body = chat(&prompt(&section(1)));
    body["stream"] = json!(false);
    body.as_object_mut().unwrap().remove("stream_options");
    let whole = document(complete(&stand_in, &body).await).await;
    assert_eq!(whole["object"], "chat.completion");
    let choice = &whole["choices"][0];
    assert_eq!(choice["message"]["content"], text(&streamed));
    assert_eq!(choice["finish_reason"], "stop");
    assert!(whole["usage"]["completion_tokens"].as_u64().unwrap() > 300);
}

#[tokio::test]
async fn wrong_requests_are_refused_with_the_name_of_the_wrong_parameter() {
    let stand_in = instant(Faults::none()).await;
    let user = json!([{"role": "user", "content": "Hello."}]);
    let cases = [
        (json!({"messages": user}), "model"),
        (json!({"model": "m"}), "messages"),
        (json!({"model": "m", "messages": []}), "messages"),
        (json!({"model": "m", "messages": user, "max_tokens": 0}), "max_tokens"),
        (json!({"model": "m", "messages": user, "max_tokens": 9, "max_completion_tokens": 9}), "max_tokens"),
        (json!({"model": "m", "messages": user, "stream_options": {"include_usage": true}}), "stream_options"),
        (json!({"model": "m", "messages": user, "response_format": {"type": "json_object"}}), "messages"),
    ];
    for (body, parameter) in cases {
        let (status, error) = refusal(complete(&stand_in, &body).await).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(error["error"]["type"], "invalid_request_error", "{body}");
        assert_eq!(error["error"]["param"], parameter, "{body}");
        assert!(error["error"]["message"].is_string());
    }
    let odd_role = json!({"model": "m", "messages": [{"role": "robot", "content": "x"}]});
    assert_eq!(refusal(complete(&stand_in, &odd_role).await).await.0, 400);
    assert_eq!(stand_in.stats().rejected, 8);
    assert_eq!(stand_in.stats().calls, 0);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_the_right_one_is_accepted() {
    let with_key = |key: &str| Settings { timing: Timing::instant(), key: Some(key.to_owned()), ..Settings::default() };
    let closed = start(with_key("another")).await;
    let (status, error) = refusal(complete(&closed, &chat("Hello.")).await).await;
    assert_eq!((status, &error["error"]["code"]), (401, &json!("invalid_api_key")));
    let open = start(with_key("key")).await;
    events(complete(&open, &chat("Hello.")).await).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_read_and_then_refused() {
    let stand_in = instant(Faults::none()).await;
    let body = chat(&"x".repeat(32 << 20));
    let (status, error) = refusal(complete(&stand_in, &body).await).await;
    assert_eq!((status, &error["error"]["type"]), (413, &json!("invalid_request_error")));
}

#[tokio::test]
async fn the_models_are_listed_and_other_paths_are_not_found() {
    let stand_in = instant(Faults::none()).await;
    let get = async |path: &str| {
        let url = format!("{}/{path}", stand_in.base_url());
        refusal(http().get(url).send().await.unwrap()).await
    };
    let (status, models) = get("models").await;
    assert_eq!((status, &models["data"][0]["object"]), (200, &json!("model")));
    let (status, error) = get("embeddings").await;
    assert_eq!((status, &error["error"]["code"]), (404, &json!("unknown_url")));
}

fn usage(whole: &Value, path: &str) -> u64 {
    whole["usage"].pointer(path).unwrap().as_u64().unwrap()
}

#[tokio::test]
async fn the_beginning_of_a_prompt_is_cached_once_it_has_been_sent() {
    let stand_in = instant(Faults::none()).await;
    let book = "A line of the book part. ".repeat(100);
    let body = |chapter: &str| {
        json!({"model": "m", "messages": [
            {"role": "system", "content": book}, {"role": "user", "content": chapter},
        ]})
    };
    let cached = "/prompt_tokens_details/cached_tokens";
    let first = document(complete(&stand_in, &body("Chapter one.")).await).await;
    assert_eq!(usage(&first, cached), 0);
    let second = document(complete(&stand_in, &body("Chapter two.")).await).await;
    let (read, all) = (usage(&second, cached), usage(&second, "/prompt_tokens"));
    assert!(all - 128 <= read && read < all, "{read} of {all}");
    assert_eq!(stand_in.stats().cached_tokens, read);
}

#[tokio::test]
async fn hidden_reasoning_is_counted_and_can_use_up_all_tokens() {
    let stand_in = instant(Faults::none()).await;
    let mut body = json!({
        "model": "m", "reasoning_effort": "high",
        "messages": [{"role": "user", "content": prompt(&section(1))}],
    });
    let reasoned = document(complete(&stand_in, &body).await).await;
    let reasoning = usage(&reasoned, "/completion_tokens_details/reasoning_tokens");
    assert!(reasoning > 200 && usage(&reasoned, "/completion_tokens") > reasoning + 300);
    body["max_completion_tokens"] = json!(100);
    let starved = document(complete(&stand_in, &body).await).await;
    assert_eq!(starved["choices"][0]["message"]["content"], "");
    assert_eq!(starved["choices"][0]["finish_reason"], "length");
    assert_eq!(usage(&starved, "/completion_tokens"), 100);
}
