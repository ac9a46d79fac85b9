mod lessons;
mod odd_streams;

use std::{net::TcpListener, time::Duration};

use super::*;
use crate::{
    Finish, Settings, connect,
    fake::{
        FakeServer, STREAM, Step, call, default_settings, finish, json_response, piece, response, settings_at, stream,
        usage,
    },
};

const KEY: &str = "sk-hunter2";

/// Makes one call and returns its outcome, with the pieces of text as they arrived.
async fn complete(settings: &Settings, name: &str, call: &Call) -> (Result<Completion, CallError>, Vec<String>) {
    let environment = |_: &str| Some(KEY.to_owned());
    let model = connect(&name.parse().unwrap(), settings, &environment).unwrap();
    let mut pieces = Vec::new();
    let answer = model.complete(call, &mut |piece| pieces.push(piece.to_owned())).await;
    (answer, pieces)
}

/// Makes a call to an OpenAI model that does not reason, whose server plays one script.
async fn completed(script: Vec<Step>) -> Result<Completion, CallError> {
    let server = FakeServer::answering([script]);
    let settings = server.settings("openai");
    complete(&settings, "openai:gpt-4.1", &call()).await.0
}

async fn failed(script: Vec<Step>) -> CallError {
    completed(script).await.unwrap_err()
}

/// Returns the script of a chunked stream that breaks off after these events.
fn cut_off(events: &[String]) -> Vec<Step> {
    let events: String = events.iter().map(|data| format!("data: {data}\n\n")).collect();
    let length = events.len();
    vec![Step::Send(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
         {length:x}\r\n{events}\r\n"
    ))]
}

fn then(mut script: Vec<Step>, step: Step) -> Vec<Step> {
    script.push(step);
    script
}

#[tokio::test]
async fn an_openai_answer_is_returned_with_its_usage() {
    let events = [piece("One "), piece("two."), finish("stop"), usage(70, 5), "[DONE]".into()];
    let events = events.each_ref().map(String::as_str);
    let server = FakeServer::answering([stream(&events)]);
    let mut settings = server.settings("openai");
    settings.providers["openai"].reasoning_tokens = Some(50);
    let (answer, pieces) = complete(&settings, "openai:gpt-4.1", &call()).await;
    let answer = answer.unwrap();
    assert_eq!((answer.text.as_str(), answer.finish), ("One two.", Finish::Stop));
    assert_eq!((answer.usage.input, answer.usage.output), (70, 5));
    assert_eq!(pieces, ["One ", "two."]);
    assert!(answer.first_token <= answer.elapsed);

    let request = server.request();
    assert!(request.head.starts_with("post /v1/chat/completions "), "{}", request.head);
    for header in ["x-bindery-try: 3", "authorization: bearer sk-hunter2"] {
        assert!(request.head.contains(header), "{}", request.head);
    }
    assert_eq!(request.body["model"], "gpt-4.1");
    assert_eq!(request.body["max_completion_tokens"], 150, "tokens for the text and for the reasoning");
}

#[tokio::test]
async fn an_anthropic_answer_is_returned_with_its_usage() {
    let events = [
        r#"{"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}"#,
        r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"One."}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":9}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let server = FakeServer::answering([then(stream(&events), Step::Stall)]);
    let settings = server.settings("anthropic");
    let (answer, _) = complete(&settings, "anthropic:claude-sonnet-4-5", &call()).await;
    let answer = answer.unwrap();
    assert_eq!((answer.text.as_str(), answer.finish), ("One.", Finish::Length));
    assert_eq!((answer.usage.input, answer.usage.output), (7, 9));

    let request = server.request();
    assert!(request.head.starts_with("post /v1/messages "), "{}", request.head);
    for header in ["x-bindery-try: 3", "x-api-key: sk-hunter2", "anthropic-version: 2023-06-01"] {
        assert!(request.head.contains(header), "{}", request.head);
    }
    assert_eq!(request.body["max_tokens"], 100);
}

#[tokio::test]
async fn a_finish_reason_is_proof_even_without_a_terminal_event() {
    let events = [piece("Whole."), finish("stop")];
    let ended = stream(&events.each_ref().map(String::as_str));
    for script in [ended, cut_off(&events)] {
        let answer = completed(script).await.unwrap();
        assert_eq!(answer.text, "Whole.");
    }
}

#[tokio::test]
async fn a_proven_answer_waits_only_briefly_for_its_trailer() {
    let events = [piece("Whole."), finish("stop")];
    let script = then(stream(&events.each_ref().map(String::as_str)), Step::Stall);
    let server = FakeServer::answering([script]);
    let mut settings = server.settings("openai");
    settings.timers.settle = Duration::from_millis(20);
    let (answer, _) = complete(&settings, "openai:gpt-4.1", &call()).await;
    assert_eq!(answer.unwrap().text, "Whole.");
}

#[tokio::test]
async fn a_cut_stream_is_an_error_and_not_a_short_text() {
    let text = piece("Half a");
    for script in [stream(&[&text]), stream(&[&text, "[DONE]"]), stream(&[&text, &usage(70, 1)])] {
        let error = failed(script).await;
        assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
        assert_eq!(error.used, UsedTokens::Unknown);
    }
    let error = failed(stream(&[])).await;
    assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
    assert_eq!(error.used, UsedTokens::Prompt);
    let error = failed(cut_off(&[text])).await;
    assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
    assert_eq!(error.used, UsedTokens::Unknown);
}

#[tokio::test]
async fn a_reset_connection_is_an_error_before_and_within_the_stream() {
    let begun = Step::Send(format!("{STREAM}data: {}\n\n", piece("Half a")));
    for script in [vec![Step::Unread], vec![Step::Unread, begun]] {
        let error = failed(script).await;
        assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
        assert_ne!(error.used, UsedTokens::Nothing);
    }
}

#[tokio::test]
async fn a_missing_server_costs_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let settings = settings_at("openai", &format!("http://127.0.0.1:{port}/secret-path"));
    let error = complete(&settings, "openai:gpt-4.1", &call()).await.0.unwrap_err();
    assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
    assert_eq!(error.used, UsedTokens::Nothing);
    assert!(!format!("{error:?}").contains("secret-path"), "{error:?}");
}

#[tokio::test]
async fn connecting_has_a_timer_of_its_own() {
    // The system accepts the connection, but no server answers the TLS handshake.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = mute.local_addr().unwrap().port();
    let mut settings = settings_at("openai", &format!("https://127.0.0.1:{port}/v1"));
    settings.timers.connect = Duration::from_millis(50);
    let error = complete(&settings, "openai:gpt-4.1", &call()).await.0.unwrap_err();
    assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
    assert_eq!(error.used, UsedTokens::Nothing, "nothing was sent");
}

/// Returns the error of a call with these timers, whose server plays one script.
async fn timed_out(script: Vec<Step>, timers: Timers, cap: Duration) -> CallError {
    let server = FakeServer::answering([script]);
    let settings = Settings { timers, ..server.settings("openai") };
    let call = Call { cap, ..call() };
    let (answer, _) = complete(&settings, "openai:gpt-4.1", &call).await;
    answer.unwrap_err()
}

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);

/// Returns events that prove a live connection but no live model.
fn pings() -> Step {
    let empty = r#"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#;
    Step::Repeat(format!(": ping\n\ndata: {empty}\n\n"))
}

#[tokio::test]
async fn a_server_without_a_first_token_is_left_and_the_prompt_is_charged() {
    let timers = Timers { first_token: SHORT, first_token_slow: 2 * SHORT, ..default_settings().timers };
    for script in
        [vec![Step::Stall], vec![Step::Send(STREAM.into()), Step::Stall], vec![Step::Send(STREAM.into()), pings()]]
    {
        let error = timed_out(script, timers, LONG).await;
        let CallErrorKind::Connection(detail) = error.kind else {
            panic!("{error:?}");
        };
        assert!(detail.contains("first token"), "{detail}");
        assert_eq!(error.used, UsedTokens::Prompt);
    }
}

#[tokio::test]
async fn the_idle_timer_between_tokens_is_not_reset_by_pings() {
    for silence in [Step::Stall, pings()] {
        let script = then(stream(&[&piece("One ")]), silence);
        let error = timed_out(script, Timers { idle: SHORT, ..default_settings().timers }, LONG).await;
        assert_eq!(error.used, UsedTokens::Unknown);
        let CallErrorKind::Connection(detail) = error.kind else {
            panic!("{error:?}");
        };
        assert!(detail.contains("no further token"), "{detail}");
    }
}

#[tokio::test]
async fn reasoning_counts_as_tokens_for_the_timers() {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#;
    let script = then(stream(&[thought]), Step::Stall);
    let error = timed_out(script, Timers { idle: SHORT, ..default_settings().timers }, LONG).await;
    let CallErrorKind::Connection(detail) = error.kind else {
        panic!("{error:?}");
    };
    assert!(detail.contains("no further token"), "{detail}");
}

#[tokio::test]
async fn the_cap_ends_an_endless_stream() {
    let script = vec![Step::Send(STREAM.into()), Step::Repeat(format!("data: {}\n\n", piece("word ")))];
    let error = timed_out(script, default_settings().timers, Duration::from_millis(200)).await;
    let CallErrorKind::Truncated(detail) = error.kind else {
        panic!("{error:?}");
    };
    assert!(detail.contains("cap"), "{detail}");
}

#[test]
fn local_servers_and_models_that_reason_may_begin_late() {
    let first_token = |name: &str| {
        let name: ModelName = name.parse().unwrap();
        let provider = crate::Provider::find(name.provider(), &default_settings()).unwrap();
        provider.first_token(name.model(), &default_settings().timers)
    };
    assert_eq!(first_token("openai:gpt-4.1"), Duration::from_secs(60));
    assert_eq!(first_token("openai:gpt-5"), Duration::from_secs(600));
    assert_eq!(first_token("ollama:llama3.2"), Duration::from_secs(600));
}

#[tokio::test]
async fn statuses_are_classified_with_their_retry_after_and_cost_nothing() {
    let error = failed(response(429, "retry-after: 7\r\n", "{}")).await;
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(error.kind, CallErrorKind::RateLimited { retry_after, detail: String::new() });
    assert_eq!(error.used, UsedTokens::Nothing);
    let error = failed(json_response(529, r#"{"error":{"type":"overloaded_error"}}"#)).await;
    assert!(matches!(error.kind, CallErrorKind::Overloaded { status: 529, .. }), "{error:?}");
    let error = failed(json_response(404, r#"{"error":{"message":"no such model"}}"#)).await;
    assert!(matches!(error.kind, CallErrorKind::BadRequest { status: 404, .. }), "{error:?}");
}

#[tokio::test]
async fn an_error_inside_a_stream_is_classified_and_a_late_one_may_have_used_all() {
    let error = r#"{"error":{"code":429,"message":"slow down"}}"#;
    let early = failed(stream(&[error])).await;
    assert!(matches!(early.kind, CallErrorKind::RateLimited { .. }), "{early:?}");
    assert_eq!(early.used, UsedTokens::Nothing);
    let late = failed(stream(&[&piece("Half a"), error])).await;
    assert!(matches!(late.kind, CallErrorKind::RateLimited { .. }), "{late:?}");
    assert_eq!(late.used, UsedTokens::Unknown);
}

#[tokio::test]
async fn an_event_that_is_not_json_is_a_failed_try() {
    let error = failed(stream(&[&piece("Half a"), "{\"choices\":[{\"del"])).await;
    assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
}

#[tokio::test]
async fn a_filtered_answer_is_refused_with_known_usage() {
    let error = failed(stream(&[&piece("Half a"), &finish("content_filter"), &usage(70, 5)])).await;
    assert!(matches!(error.kind, CallErrorKind::Refused(_)), "{error:?}");
    let UsedTokens::Known(usage) = error.used else {
        panic!("{error:?}");
    };
    assert_eq!((usage.input, usage.output), (70, 5));
}

#[tokio::test]
async fn an_answer_without_usage_counts_as_all_that_was_reserved() {
    let answer = completed(stream(&[&piece("Whole."), &finish("stop")])).await.unwrap();
    assert_eq!(answer.usage.output, 100);
    assert!(answer.usage.input > 0);
}

#[tokio::test]
async fn a_success_without_a_stream_is_an_error() {
    let error = failed(json_response(200, r#"{"error":{"type":"overloaded_error"}}"#)).await;
    assert!(matches!(error.kind, CallErrorKind::Overloaded { .. }), "{error:?}");
    for body in [r#"{"choices":[]}"#, "<html>Sign in</html>"] {
        let error = failed(response(200, "content-type: text/html\r\n", body)).await;
        assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
        assert!(error.kind.to_string().contains("base_url"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = FakeServer::answering([stream(&[&finish("stop")])]);
    let location = format!("location: http://127.0.0.1:{}/\r\n", elsewhere.port());
    let error = failed(response(307, &location, "")).await;
    assert!(matches!(error.kind, CallErrorKind::BadRequest { status: 307, .. }), "{error:?}");
}

#[tokio::test]
async fn a_key_that_the_server_repeats_is_struck_out() {
    let body = format!(r#"{{"error":{{"message":"the key {KEY} is wrong"}}}}"#);
    for script in [json_response(401, &body), json_response(400, &body), stream(&[&body])] {
        let error = failed(script).await;
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("***") && !shown.contains(KEY), "{shown}");
    }
}
