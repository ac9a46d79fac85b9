//! Streams as servers, gateways and proxies really send them.

use super::*;
use crate::{
    client::{self, Pings, builder},
    fake::json_response,
};

fn both(text: &str, reason: &str) -> String {
    serde_json::json!({"choices": [{"delta": {"content": text}, "finish_reason": reason}]}).to_string()
}

fn opening(reason: &str) -> String {
    serde_json::json!({"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": reason}]})
        .to_string()
}

/// Makes a call whose server plays one script, with short waits.
async fn soon(script: Vec<Step>) -> Result<Completion, CallError> {
    let server = FakeServer::answering([script]);
    let mut settings = server.settings("openai");
    settings.timers = Timers { first_token: 4 * SHORT, idle: 4 * SHORT, settle: SHORT, ..settings.timers };
    complete(&settings, "openai:gpt-4.1", &call()).await.0
}

#[tokio::test]
async fn text_after_a_finish_reason_belongs_to_the_answer() {
    for events in [
        vec![opening("stop"), piece("One "), piece("two."), finish("stop")],
        vec![opening("stop"), both("One ", "stop"), both("two.", "stop"), finish("stop")],
        vec![opening("stop"), both("One ", "stop"), both("two.", "stop"), "[DONE]".into()],
        vec![piece("One "), finish("stop"), piece("two."), "[DONE]".into()],
        vec![both("One ", "length"), both("two.", "stop"), "[DONE]".into()],
    ] {
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        for script in [stream(&events), then(stream(&events), Step::Stall)] {
            let answer = soon(script).await.unwrap();
            assert_eq!((answer.text.as_str(), answer.finish), ("One two.", Finish::Stop), "{events:?}");
        }
    }
}

#[tokio::test]
async fn an_early_finish_reason_does_not_prove_a_stream_that_goes_silent_or_breaks_off() {
    for events in [
        vec![opening("stop"), piece("One "), piece("two")],
        vec![both("One ", "stop"), both("two", "stop")],
        vec![piece("One "), finish("stop"), piece("two")],
        vec![opening("stop")],
    ] {
        let texts: Vec<&str> = events.iter().map(String::as_str).collect();
        let error = soon(then(stream(&texts), Step::Stall)).await.unwrap_err();
        assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
        let error = soon(cut_off(&events)).await.unwrap_err();
        assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_whole_json_answer_is_read_under_any_label() {
    let body = r#"{"choices":[{"message":{"role":"assistant","content":"Whole."},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":70,"completion_tokens":5}}"#;
    let answer = completed(json_response(200, body)).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.usage.input), ("Whole.", 70));
    let lines = [piece("One "), piece("two."), finish("stop")].join("\n");
    let answer = completed(response(200, "content-type: text/event-stream\r\n", &lines)).await.unwrap();
    assert_eq!(answer.text, "One two.");
}

#[tokio::test]
async fn events_are_read_under_any_label_and_without_a_last_blank_line() {
    let events = format!("data: {}\n\ndata:\n\ndata: {}", piece("Whole."), finish("stop"));
    for label in ["application/json", "text/html", "text/plain"] {
        let answer = completed(response(200, &format!("content-type: {label}\r\n"), &events)).await.unwrap();
        assert_eq!(answer.text, "Whole.", "{label}");
    }
}

#[tokio::test]
async fn events_without_empty_lines_between_them_are_read_as_they_come() {
    let events = [piece("One "), "ping".into(), piece("two."), finish("stop"), usage(70, 5), "[DONE]".into()];
    let lines: String = events.iter().map(|data| format!("data: {data}\n")).collect();
    let body = response(200, "content-type: text/event-stream\r\n", &lines);
    for script in [body.clone(), then(body, Step::Stall)] {
        let answer = soon(script).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.usage.input), ("One two.", 70));
    }
    let array = format!("[{}]", [piece("One "), piece("two."), finish("stop")].join(",\n"));
    assert_eq!(completed(json_response(200, &array)).await.unwrap().text, "One two.");
}

#[tokio::test]
async fn a_finish_reason_with_every_text_is_enough_where_the_stream_ends_well() {
    let events = [both("One ", "stop"), both("two.", "stop")];
    let answer = soon(stream(&events.each_ref().map(String::as_str))).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.finish), ("One two.", Finish::Stop));
    let events = [both("One ", "stop"), piece("two.")];
    let error = soon(stream(&events.each_ref().map(String::as_str))).await.unwrap_err();
    assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
}

#[tokio::test]
async fn words_in_place_of_events_reach_the_user() {
    for body in [
        "Rate limit exceeded",
        "data: Rate limit exceeded\n\n",
        "data: Rate limit exceeded\n\ndata: [DONE]\n\n",
        "event: error\ndata: Rate limit exceeded\n\n",
    ] {
        let error = failed(response(200, "content-type: text/event-stream\r\n", body)).await;
        assert!(matches!(&error.kind, CallErrorKind::RateLimited { .. }), "{body:?}: {error:?}");
        assert!(error.to_string().contains("Rate limit exceeded"), "{error}");
    }
    let error = failed(response(200, "", "upstream connect error or reset before headers")).await;
    assert!(error.to_string().contains("upstream connect error"), "{error}");
    let alive = ["OPENROUTER PROCESSING", ": keep-alive", &piece("Whole."), "ping", &finish("stop"), "[DONE]"];
    assert_eq!(completed(stream(&alive)).await.unwrap().text, "Whole.");
}

#[tokio::test]
async fn a_page_from_a_server_that_has_answered_passes_like_an_overload() {
    let page = "<html><title>Back soon</title></html>";
    let whole = stream(&[&piece("Whole."), &finish("stop")]);
    let pages = [200, 403, 404, 401].map(|status| response(status, "content-type: text/html\r\n", page));
    let lost = response(404, "content-type: text/plain\r\n", "404 Back soon");
    let server = FakeServer::answering([whole].into_iter().chain(pages).chain([lost]));
    let name = "openai:gpt-4.1".parse().unwrap();
    let model = connect(&name, &server.settings("openai"), &|_| Some(KEY.to_owned())).unwrap();
    model.complete(&call(), &mut |_| {}).await.unwrap();
    for expected in [200, 403, 404, 401, 404] {
        let error = model.complete(&call(), &mut |_| {}).await.unwrap_err();
        let CallErrorKind::Overloaded { status, detail, .. } = error.kind else {
            panic!("{error:?}");
        };
        assert_eq!(status, expected);
        assert!(detail.contains("Back soon"), "{detail}");
    }
}

#[tokio::test]
async fn the_first_cut_prompt_fails_its_call_and_says_how_to_raise_the_context() {
    let cut = || stream(&[&piece("Whole."), &finish("stop"), &usage(9, 5)]);
    let server = FakeServer::answering([cut(), cut()]);
    let name = "openai:gpt-4.1".parse().unwrap();
    let model = connect(&name, &server.settings("openai"), &|_| Some(KEY.to_owned())).unwrap();
    let call = Call { prefix: "A plan of many words. ".repeat(100), ..call() };
    let error = model.complete(&call, &mut |_| {}).await.unwrap_err();
    let CallErrorKind::PromptCut(complaint) = &error.kind else {
        panic!("{error:?}");
    };
    assert!(complaint.contains("9 tokens") && complaint.contains("context"), "{complaint}");
    assert!(matches!(error.used, UsedTokens::Known(_)), "{error:?}");
    assert_eq!(model.complete(&call, &mut |_| {}).await.unwrap().text, "Whole.");
}

/// Reads what a client sends until it goes away, and answers nothing but the first frame of HTTP/2.
fn mute_http2_server() -> u16 {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        connection.write_all(&settings).unwrap();
        let _ = connection.read_to_end(&mut Vec::new());
    });
    port
}

#[tokio::test]
async fn a_silent_http2_connection_is_found_by_pings() {
    let url: Url = format!("http://127.0.0.1:{}/v1", mute_http2_server()).parse().unwrap();
    let pings = Pings { every: SHORT, answered_within: SHORT };
    bindery_tls::use_ring();
    let client = builder(&url, &default_settings().timers, pings).http2_prior_knowledge().build().unwrap();
    let error = client.post(url).body("x").send().await.unwrap_err();
    let error = client::connection_error(error);
    assert!(matches!(error, CallErrorKind::DeadConnection(_)), "{error:?}");
}
